// Two masks over an image, one on each side of a line; wrong regions are found by pointer or by arrow keys.
const swipes = new WeakMap();
const SIDES = ["left", "right"];
const TURNS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function setAll(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}

class MaskSwipe {
  constructor(root) {
    Object.assign(this, { root, svg: root.querySelector(".stage > svg"), tip: root.querySelector(".tip") });
    Object.assign(this, { spoken: root.querySelector(".spoken"), line: root.querySelector(".line") });
    this.opacity = root.querySelector("[data-set=opacity]");
    this.sides = {};
    this.photo = addShape(this.svg, "image");
    for (const side of SIDES) this.sides[side] = this.side(side);
    this.divider = addShape(this.svg, "line", "divider");
    this.paths = ["casing", "hover", "chosen"].map((name) => [name, addShape(this.svg, "path", name)]);
    Object.assign(this, { hot: 0, clicks: 0 });
    this.listen();
  }

  side(name) {
    const frame = addShape(this.svg, "svg"); // clips what lies outside of it
    const find = (tag) => this.root.querySelector(`${tag}[data-side=${name}]`);
    return { frame, mask: addShape(frame, "image", "mask"), select: find("select"), legend: find("ul") };
  }

  update(data, send) {
    Object.assign(this, { data, send, chosen: data.chosen });
    const { width, height, texts } = data;
    setAll(this.svg, { viewBox: `0 0 ${width} ${height}`, "aria-label": texts.title });
    setAll(this.photo, { href: data.photo, width, height, preserveAspectRatio: "none" });
    for (const label of this.root.querySelectorAll("[data-text]")) label.textContent = texts[label.dataset.text];
    this.line.setAttribute("aria-label", texts.line);
    this.labels = readRuns(data.runs, width * height);
    this.shapes = data.regions.map(({ rings }) => ringsPath(rings, 0.5, 0.5));
    this.hot = 0;
    SIDES.forEach((side, place) => this.fill(this.sides[side].select, Math.min(place, data.layers.length - 1)));
    this.draw();
  }

  // The layers to choose from; what was chosen stays as long as there is one of its key.
  fill(select, first) {
    const { layers } = this.data;
    const before = select.value;
    select.replaceChildren(...layers.map(({ key, title }) => Object.assign(make("option", "", title), { value: key })));
    select.value = layers.some(({ key }) => key === before) ? before : layers[first].key;
  }

  draw() {
    const { width, height, layers } = this.data;
    const at = (width * this.line.value) / 100;
    const spans = { left: [0, at], right: [at, width - at] };
    for (const [name, { frame, mask, select, legend }] of Object.entries(this.sides)) {
      const [x, w] = spans[name];
      const layer = layers.find(({ key }) => key === select.value);
      setAll(frame, { x, y: 0, width: w, height, viewBox: `${x} 0 ${Math.max(w, 1e-6)} ${height}` });
      setAll(mask, { href: layer.url, width, height, opacity: this.opacity.value / 100, preserveAspectRatio: "none" });
      legend.replaceChildren(...layer.legend.map(([colour, text]) => this.entry(colour, text)));
    }
    setAll(this.divider, { x1: at, x2: at, y1: 0, y2: height });
    this.mark();
  }

  entry(colour, text) {
    const item = make("li");
    const swatch = make("i");
    swatch.style.background = colour;
    item.append(swatch, make("span", "", text));
    return item;
  }

  mark() {
    const shown = { casing: this.chosen, chosen: this.chosen, hover: this.hot };
    for (const [name, path] of this.paths) path.setAttribute("d", this.shapes[shown[name] - 1] ?? "");
    this.tip.hidden = !this.hot;
    if (this.hot) this.tip.textContent = this.data.regions[this.hot - 1].text;
  }

  under(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    const { width, height } = this.data;
    const [x, y] = [clamp(Math.floor(point.x), 0, width - 1), clamp(Math.floor(point.y), 0, height - 1)];
    return this.labels[y * width + x];
  }

  point(region) {
    if (region === this.hot) return;
    this.hot = region;
    this.mark();
  }

  pick(region) {
    if (!region) return;
    this.chosen = region;
    this.clicks += 1;
    this.mark();
    this.spoken.textContent = `${this.data.texts.picked} ${this.data.regions[region - 1].text}`;
    this.send("pick", { region, click: this.clicks });
  }

  onKey(event) {
    const count = this.data.regions.length;
    const turn = TURNS[event.key];
    if (turn && count) {
      const from = this.hot || this.chosen || (turn > 0 ? 0 : 1);
      this.point(((from - 1 + turn + count) % count) + 1);
      this.spoken.textContent = this.data.regions[this.hot - 1].text;
    } else if ((event.key === "Enter" || event.key === " ") && this.hot) this.pick(this.hot);
    else return;
    event.preventDefault();
  }

  listen() {
    followPointer(this, 0);
    this.line.oninput = this.opacity.oninput = () => this.draw();
    for (const { select } of Object.values(this.sides)) select.onchange = () => this.draw();
  }
}

export default function maskSwipe(component) {
  const { data, parentElement: root, setStateValue } = component;
  if (!swipes.has(root)) swipes.set(root, new MaskSwipe(root));
  swipes.get(root).update(data, setStateValue);
  return () => swipes.delete(root);
}
