const pickers = new WeakMap();
const memory = { opacity: 40, columns: null }; // outlives a page change
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

class Picker {
  constructor(root) {
    this.svg = root.querySelector(".stage > svg");
    this.tip = root.querySelector(".tip");
    this.bar = root.querySelector(".bar");
    this.spoken = root.querySelector(".spoken");
    this.zone = null;
    this.other = null;
    this.hot = null;
    this.cell = null; // [row, column] of the grid
    this.echo = null; // what is pointed at elsewhere
    this.clicks = 0;
    this.listen();
  }

  update(data, send) {
    this.send = send;
    const fresh = this.data?.geo !== data.geo;
    const asked = this.data?.ask !== data.ask;
    const told = this.data?.rev !== data.rev;
    this.data = data;
    if (fresh) this.build();
    if (fresh || told) {
      this.zone = data.zone;
      this.other = data.other;
    }
    if (asked && data.ask !== "shared") this.other = null;
    this.label();
    this.drawGrid();
    this.draw();
  }

  label() {
    const { texts, title } = this.data;
    this.svg.setAttribute("aria-label", title);
    this.bar.setAttribute("aria-label", texts.bar);
    for (const button of this.bar.querySelectorAll("[data-zoom]")) {
      button.title = texts[button.dataset.zoom];
      button.setAttribute("aria-label", texts[button.dataset.zoom]);
    }
    for (const span of this.bar.querySelectorAll("[data-text]")) span.textContent = texts[span.dataset.text];
    this.bar.querySelector("[data-set=opacity]").value = memory.opacity;
    this.bar.querySelector("[data-set=columns]").value = this.grid().columns;
  }

  build() {
    const { svg, data } = this;
    const { width, height } = data.labels;
    this.size = { width, height, sx: data.width / width, sy: data.height / height };
    this.labels = readRuns(data.labels.runs, width * height);
    this.paths = data.zones.map((zone) => ringsPath(zone.rings, this.size.sx / 2, this.size.sy / 2));
    this.view = new View(svg, data.width, data.height);
    this.hot = this.cell = null;
    svg.replaceChildren();
    const photo = addShape(svg, "image");
    for (const [name, value] of [["href", data.photo], ["width", data.width], ["height", data.height]]) photo.setAttribute(name, value);
    addHatches(svg, data.width / HATCH_LINES);
    this.zones = data.zones.map((zone, index) => {
      const path = addShape(svg, "path", "zone");
      path.setAttribute("d", this.paths[index]);
      path.setAttribute("fill", zone.fill);
      path.setAttribute("fill-rule", "evenodd");
      path.setAttribute("role", "option");
      path.setAttribute("aria-label", `${zone.name}, ${zone.about}`);
      path.id = `zone-${index}`;
      path.dataset.zone = index;
      return path;
    });
    this.hatched = data.zones.map(({ hatch }, index) => {
      const path = hatch ? addShape(svg, "path", "hatch") : null;
      path?.setAttribute("d", this.paths[index]);
      path?.setAttribute("fill", `url(#hatch-${hatch})`);
      return path;
    });
    const layers = ["shade", "grid", "ribbon inside", "ribbon outside", "offer"];
    for (const kind of ["hover", "second", "first"]) layers.push(`line casing ${kind}`, `line ${kind}`);
    this.layers = Object.fromEntries(layers.map((name) => [name, addShape(svg, "path", name)]));
    this.cursor = [addShape(svg, "rect", "cell casing"), addShape(svg, "rect", "cell")];
  }

  grid() {
    return gridOf(this.data, memory.columns);
  }

  drawGrid() {
    const { width, height } = this.data;
    this.layers.grid.setAttribute("d", linesOf(this.grid(), width, height));
    this.svg.style.setProperty("--opacity", memory.opacity / 100);
  }

  draw() {
    const { zone, other, hot, paths, layers, data } = this;
    const outline = (index) => (index === null ? "" : paths[index]);
    this.zones.forEach((path, index) => {
      path.classList.toggle("chosen", index === zone || index === other);
      path.classList.toggle("hot", index === hot);
      path.setAttribute("aria-selected", index === zone || index === other);
      this.hatched[index]?.classList.toggle("chosen", index === zone || index === other);
    });
    const frame = `M0 0H${data.width}V${data.height}H0Z`;
    layers.shade.setAttribute("d", zone === null ? "" : frame + outline(zone) + outline(other));
    for (const [kind, index] of [["hover", hot], ["first", zone], ["second", other]]) {
      layers[`line ${kind}`].setAttribute("d", outline(index));
      layers[`line casing ${kind}`].setAttribute("d", outline(index));
    }
    const offers = data.ask === "shared" && zone !== null && other === null ? data.zones[zone].near : [];
    layers.offer.setAttribute("d", offers.map(outline).join(""));
    this.drawRibbons();
    this.drawCursor();
  }

  drawRibbons() {
    const { zone, other, data, layers } = this;
    const wanted = zone !== null && (data.ask === "border" || (data.ask === "shared" && other !== null));
    const sides = wanted ? edgeRibbons(this.labels, this.size, zone, data.ask === "shared" ? other : null) : { inside: "", outside: "" };
    this.svg.classList.toggle("edged", wanted);
    layers["ribbon inside"].setAttribute("d", sides.inside);
    layers["ribbon outside"].setAttribute("d", sides.outside);
  }

  // The cell under the pointer, here or in a picture beside it.
  drawCursor() {
    const place = this.cell ? placeOf(this.grid(), this.cell) : this.echo;
    const { width, height } = this.data;
    for (const rect of this.cursor) {
      rect.style.display = place ? "" : "none";
      if (!place) continue;
      const { u, v, w, h } = place;
      rect.setAttribute("x", (u - w / 2) * width);
      rect.setAttribute("y", (v - h / 2) * height);
      rect.setAttribute("width", w * width);
      rect.setAttribute("height", h * height);
    }
  }

  zoom(kind) {
    this.view.zoom(kind, this.zone === null ? null : this.sharesOf(this.zone));
  }

  zoneAt([row, column]) {
    return this.labels[Math.floor(row * this.size.height) * this.size.width + Math.floor(column * this.size.width)];
  }

  cellAt([row, column]) {
    return cellOf(this.grid(), { u: column, v: row });
  }

  cellCentre() {
    const { u, v } = placeOf(this.grid(), this.cell);
    return [v, u];
  }

  point(shares) {
    this.cell = this.cellAt(shares);
    this.hot = this.zoneAt(shares);
    this.svg.setAttribute("aria-activedescendant", `zone-${this.hot}`);
    this.draw();
    tellPlace(this, placeOf(this.grid(), this.cell));
  }

  leave() {
    this.hot = this.cell = null;
    this.tip.hidden = true;
    this.svg.removeAttribute("aria-activedescendant");
    this.draw();
    tellPlace(this, null);
  }

  showTip(event) {
    const zone = this.data.zones[this.hot];
    const box = this.svg.getBoundingClientRect();
    const name = document.createElement("b");
    name.textContent = zone.name;
    this.tip.replaceChildren(name, zone.about);
    this.tip.hidden = false;
    const x = event.clientX - box.left + 16;
    const y = event.clientY - box.top + 16;
    this.tip.style.left = `${clamp(x, 0, Math.max(0, box.width - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${y + this.tip.offsetHeight > box.height ? Math.max(0, y - this.tip.offsetHeight - 28) : y}px`;
  }

  pick(shares) {
    const index = this.zoneAt(shares);
    const second = this.data.ask === "shared" && this.zone !== null && this.data.zones[this.zone].near.includes(index);
    if (second) this.other = index === this.other ? null : index;
    else {
      this.zone = index === this.zone ? null : index;
      this.other = null;
    }
    const kept = second ? this.other : this.zone;
    this.report(second ? "with" : "zone", kept === null ? null : shares);
    this.say(kept === null ? this.data.texts.cleared : `${this.data.texts.picked} ${this.describe(index)}`);
  }

  clear() {
    if (this.zone === null) return;
    const slot = this.other === null ? "zone" : "with";
    if (slot === "with") this.other = null;
    else this.zone = null;
    this.report(slot, null);
    this.say(this.data.texts.cleared);
  }

  report(slot, shares) {
    this.draw();
    if (shares) tellPicked(this);
    this.send("pick", { slot, row: shares?.[0] ?? null, column: shares?.[1] ?? null, click: (this.clicks += 1) });
  }

  describe(index) {
    const { name, about } = this.data.zones[index];
    return `${name}, ${about}`;
  }

  say(text) {
    this.spoken.textContent = text;
  }

  onKey(event) {
    this.tip.hidden = true;
    const step = ARROWS[event.key];
    if (step) {
      const start = this.cell ?? (this.zone === null ? [0, 0] : this.cellAt(this.sharesOf(this.zone)));
      const moved = this.cell || this.zone !== null ? [start[0] + step[0], start[1] + step[1]] : start;
      const { rows, columns } = this.grid();
      this.cell = [clamp(moved[0], 0, rows - 1), clamp(moved[1], 0, columns - 1)];
      this.point(this.cellCentre());
      this.say(`${this.place()}: ${this.describe(this.hot)}`);
    } else if ((event.key === "Enter" || event.key === " ") && this.cell) this.pick(this.cellCentre());
    else if (event.key === "Escape") this.clear();
    else if (event.key === "+" || event.key === "-") this.zoom(event.key === "+" ? "in" : "out");
    else return;
    event.preventDefault();
  }

  sharesOf(index) {
    const { row, column } = this.data.zones[index];
    return [row / this.size.height, column / this.size.width];
  }

  place() {
    return this.data.texts.cell.replace("{row}", this.cell[0] + 1).replace("{column}", this.cell[1] + 1);
  }

  onMove(event) {
    if (this.view.drag(event) || event.pointerType === "touch") return;
    this.point(this.view.shares(event));
    this.showTip(event);
  }

  recut() {
    this.label();
    this.drawGrid();
    this.drawCursor();
  }

  // What is pointed at in a picture beside this one: its cell, or the cell here that holds the point.
  light(place) {
    this.echo = place && (place.w ? place : placeOf(this.grid(), cellOf(this.grid(), place)));
    this.drawCursor();
  }

  listen() {
    const { svg, bar } = this;
    const ends = [hear(this, POINTED, ({ place }) => this.light(place)), hear(this, CUT, () => this.recut())];
    this.deaf = () => ends.forEach((end) => end());
    svg.onpointermove = (event) => this.onMove(event);
    svg.onpointerleave = () => this.leave();
    svg.onpointerdown = (event) => this.view.press(event);
    svg.onclick = (event) => {
      if (!this.view.release()) this.pick(this.view.shares(event));
    };
    svg.onkeydown = (event) => this.onKey(event);
    bar.onclick = (event) => {
      const button = event.target.closest("[data-zoom]");
      if (button) this.zoom(button.dataset.zoom);
    };
    bar.oninput = (event) => {
      memory[event.target.dataset.set] = Number(event.target.value);
      this.cell = null;
      this.drawGrid();
      this.drawCursor();
    };
  }
}

export default function zonePicker(component) {
  const { data, parentElement: root, setStateValue } = component;
  if (!pickers.has(root)) pickers.set(root, new Picker(root));
  pickers.get(root).update(data, setStateValue);
  stands(root);
  return () => {
    pickers.get(root)?.deaf();
    pickers.delete(root);
  };
}
