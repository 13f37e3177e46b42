// Many maps over one picture: the pointer is at the same place of all of them, and each says its value there.
const views = new WeakMap();

class Sheet {
  constructor(root) {
    this.root = root.querySelector(".sheet");
    this.groups = this.root.querySelector(".groups");
    this.bar = this.root.querySelector(".bar");
    this.settings = null;
    this.at = null; // [u, v], shares of width and height
    this.tiles = new Map();
    this.listen();
  }

  update(data, send) {
    Object.assign(this, { data, send });
    if (data.follows || !this.settings) this.settings = { ...data.view };
    this.bar.hidden = data.follows;
    this.root.style.setProperty("--tile", data.tile);
    this.root.classList.toggle("large", data.large);
    this.look();
    const { groups, view, ...common } = data;
    const frame = JSON.stringify(common);
    for (const [name, facts] of this.lay(groups)) this.tiles.get(name).update(facts, frame);
    this.shared();
    this.point(this.at);
  }

  look() {
    fillBar(this.bar, this.data.texts, this.settings);
    this.root.classList.toggle("flat", this.settings.flat);
    const lined = this.data.groups.some(({ tiles }) => tiles.some(({ map }) => map?.contour));
    this.bar.querySelector(".note").hidden = this.settings.flat || !lined;
    this.root.style.setProperty("--opacity", this.settings.opacity / 100);
  }

  // Puts the tiles in their places, if they are not there yet; the facts of each by its name.
  lay(groups) {
    const named = new Map();
    const rows = groups.map(({ tiles }) => tiles.map((facts) => this.nameOf(facts, named)));
    const plan = JSON.stringify(groups.map(({ title, said }, place) => [title, said, rows[place]]));
    if (plan !== this.plan) {
      this.plan = plan;
      this.tiles = new Map([...named.keys()].map((name) => [name, this.tiles.get(name) ?? new Tile(this)]));
      const focused = this.root.getRootNode().activeElement;
      this.groups.replaceChildren(...groups.map((group, place) => this.group(group, rows[place])));
      if (this.groups.contains(focused)) focused.focus();
    }
    return named;
  }

  nameOf(facts, named) {
    let name = facts.key;
    while (named.has(name)) name += "'";
    named.set(name, facts);
    return name;
  }

  group({ title, said }, names) {
    const section = make("section", "group");
    if (title) section.append(make("h3", "", title));
    if (said) section.append(make("p", "", said));
    const box = make("div", "tiles");
    box.append(...names.map((name) => this.tiles.get(name).figure));
    section.append(box);
    return section;
  }

  shared() {
    const box = this.root.querySelector(".shared");
    const first = [...this.tiles.values()].find((tile) => tile.facts.map);
    box.hidden = this.data.bars !== "shared" || !first;
    if (box.hidden) return;
    const { table, ticks } = first.facts.scale;
    drawBar(box.querySelector(".strip"), box.querySelector(".ticks"), this.data.tables[table], this.settings.flat, ticks);
  }

  // One map at a time stands large, in its place; a second click, or Escape, makes it small again.
  enlarge(tile) {
    this.wide = tile === this.wide ? null : tile;
    for (const one of this.tiles.values()) one.grow(one === this.wide);
    this.wide?.figure.scrollIntoView({ block: "nearest" });
  }

  point(at) {
    this.at = at && at.map((share) => clamp(share, 0, 1 - 1e-6));
    for (const tile of this.tiles.values()) tile.point();
  }

  // The pointer is here, or was.
  move(at) {
    this.point(at);
    tellPlace(this, this.at && { u: this.at[0], v: this.at[1] });
  }

  draw() {
    this.look();
    for (const tile of this.tiles.values()) tile.redraw();
    this.shared();
  }

  // The bar of another sheet rules this one, too.
  obey(settings) {
    if (!this.data.follows) return;
    this.settings = { ...settings };
    this.draw();
  }

  listen() {
    const ends = [
      hear(this, POINTED, ({ place }) => this.point(place && [place.u, place.v])),
      hear(this, PICKED, () => this.data.follows || reveal(this.root)),
      hear(this, SET, ({ settings }) => this.obey(settings)),
    ];
    this.deaf = () => ends.forEach((end) => end());
    this.groups.onkeydown = ({ key }) => key === "Escape" && this.wide && this.enlarge(this.wide);
    this.bar.oninput = (event) => {
      readInput(event.target, this.settings, this.data.usual);
      this.draw();
      tell(this, SET, { settings: this.settings });
    };
    this.bar.onchange = () => this.send("view", { ...this.settings });
  }
}

export default function mapSheet(component) {
  const { data, parentElement: root, setStateValue } = component;
  if (!views.has(root)) views.set(root, new Sheet(root));
  views.get(root).update(data, setStateValue);
  stands(root);
  return () => {
    views.get(root)?.deaf();
    views.delete(root);
  };
}
