// Many maps over one picture: the pointer is at the same place of all of them, and each says its value there.
const views = new WeakMap();
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const STEP = 1 / 24; // of the picture, for the arrow keys
const SMOOTH_PX = 240;
const HATCH_PX = 5;

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// Raw values from whole numbers 0-65535 between a lowest and a highest value.
function readValues({ text, low, high }) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Float32Array.from(new Uint16Array(bytes.buffer), (step) => low + (step / 65535) * (high - low));
}

// Place of a raw value in a table of 256 colours.
function stepOf({ low, high, signed }, value) {
  const share = high > low ? clamp((value - low) / (high - low), 0, 1) : signed ? 0.5 : 0;
  return Math.round(share * 255);
}

// One map: values of cells of a grid, or of parts of the picture.
class Grid {
  constructor({ rows, columns, values }) {
    Object.assign(this, { rows, columns, values: readValues(values), parts: false });
  }

  at(u, v) {
    const row = clamp(Math.floor(v * this.rows), 0, this.rows - 1);
    return this.values[row * this.columns + clamp(Math.floor(u * this.columns), 0, this.columns - 1)];
  }

  // Values at width x height, bilinear between the centres of cells.
  spread(width, height) {
    const place = (pixel, size, cells) => {
      const at = clamp(((pixel + 0.5) * cells) / size - 0.5, 0, cells - 1);
      const low = Math.floor(at);
      return [low, Math.min(low + 1, cells - 1), at - low];
    };
    const across = Array.from({ length: width }, (_unused, x) => place(x, width, this.columns));
    const out = new Float32Array(width * height);
    for (let y = 0; y < height; y++) {
      const [top, bottom, v] = place(y, height, this.rows);
      for (let x = 0; x < width; x++) {
        const [left, right, u] = across[x];
        const upper = this.values[top * this.columns + left] * (1 - u) + this.values[top * this.columns + right] * u;
        const lower = this.values[bottom * this.columns + left] * (1 - u) + this.values[bottom * this.columns + right] * u;
        out[y * width + x] = upper * (1 - v) + lower * v;
      }
    }
    return out;
  }
}

class Parts {
  constructor({ rows, columns, runs, weights, texts, shown, hatched }) {
    Object.assign(this, { rows, columns, weights, texts, shown, hatched, parts: true });
    this.labels = readRuns(runs, rows * columns);
  }

  label(u, v) {
    const row = clamp(Math.floor(v * this.rows), 0, this.rows - 1);
    return this.labels[row * this.columns + clamp(Math.floor(u * this.columns), 0, this.columns - 1)];
  }
}

class Sheet {
  constructor(root) {
    this.root = root.querySelector(".sheet");
    this.groups = this.root.querySelector(".groups");
    this.bar = this.root.querySelector(".bar");
    this.settings = null;
    this.at = null; // [u, v], shares of width and height
    this.tiles = [];
    this.listen();
  }

  update(data, send) {
    Object.assign(this, { data, send });
    this.settings ??= { ...data.view };
    this.root.style.setProperty("--tile", data.tile);
    this.root.classList.toggle("large", data.large);
    this.texts();
    this.tiles = [];
    const focused = this.groups.querySelector(":focus")?.dataset.focus;
    this.groups.replaceChildren(...data.groups.map((group) => this.group(group)));
    if (focused) this.groups.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
    this.shared();
    for (const tile of this.tiles) this.paint(tile);
    this.point(this.at);
  }

  texts() {
    const { texts, bars } = this.data;
    this.bar.setAttribute("aria-label", texts.bar);
    for (const span of this.bar.querySelectorAll("[data-text]")) span.textContent = texts[span.dataset.text];
    for (const input of this.bar.querySelectorAll("[data-set]")) {
      if (input.type === "checkbox") input.checked = this.settings[input.dataset.set];
      else input.value = this.settings[input.dataset.set];
    }
    this.bars = bars;
  }

  group({ title, said, tiles }) {
    const section = make("section", "group");
    if (title) section.append(make("h3", "", title));
    if (said) section.append(make("p", "", said));
    const box = make("div", "tiles");
    box.append(...tiles.map((tile) => this.figure(tile)));
    section.append(box);
    return section;
  }

  figure(facts) {
    const figure = make("figure", facts.chosen ? "chosen" : "");
    const caption = make("figcaption");
    const name = make(facts.pick ? "button" : "span", facts.pick ? "" : "name", facts.title);
    if (facts.pick) {
      Object.assign(name, { type: "button", onclick: () => this.send("pick", { key: facts.key, click: Date.now() }) });
      name.setAttribute("aria-label", this.data.texts.pick.replace("{title}", facts.title));
      name.dataset.focus = `name-${facts.key}`;
      name.setAttribute("aria-pressed", Boolean(facts.chosen));
    }
    const value = make("span", "value");
    caption.append(name, value);
    const stage = make("div", "stage");
    const { width, height, photo } = this.data;
    stage.style.aspectRatio = `${width} / ${height}`;
    const picture = Object.assign(make("img", "photo"), { src: photo, alt: "" });
    const canvas = make("canvas");
    canvas.setAttribute("aria-hidden", "true");
    stage.append(picture, canvas);
    const tile = { facts, value, stage, canvas, map: this.read(facts.map) };
    if (facts.outlines.length) stage.append(this.outlines(facts.outlines));
    if (facts.said) stage.append(make("div", "said", facts.said));
    if (facts.done !== null) stage.append(Object.assign(make("div", "done"), { style: `width: ${facts.done * 100}%` }));
    tile.cross = Object.assign(make("div", "cross"), { hidden: true });
    stage.append(tile.cross);
    this.reach(tile);
    figure.append(caption, stage);
    if (tile.map && this.bars === "each") figure.append(this.scale(facts.scale));
    if (facts.note) figure.append(make("div", "note", facts.note));
    this.tiles.push(tile);
    return figure;
  }

  read(map) {
    return map && (map.runs ? new Parts(map) : new Grid(map));
  }

  outlines(outlines) {
    const svg = document.createElementNS(SVG, "svg");
    const { width, height } = this.data;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("preserveAspectRatio", "none");
    for (const outline of outlines) {
      const path = ringsPath(outline.rings, width / outline.width / 2, height / outline.height / 2);
      for (const kind of ["casing", "outline"]) addShape(svg, "path", kind).setAttribute("d", path);
    }
    return svg;
  }

  scale(scale, box = make("div", "scale")) {
    const strip = make("div", "strip");
    const stops = this.data.tables[scale.table].filter((_colour, index) => index % 17 === 0);
    strip.style.background = `linear-gradient(to right, ${stops.join(",")})`;
    const ticks = make("div", "ticks");
    ticks.append(...scale.ticks.map((text) => make("span", "", text)));
    box.replaceChildren(strip, ticks);
    return box;
  }

  shared() {
    const box = this.root.querySelector(".shared");
    const first = this.tiles.find((tile) => tile.map);
    box.hidden = this.bars !== "shared" || !first;
    if (!box.hidden) this.scale(first.facts.scale, box);
  }

  // Pointer and keys.
  reach(tile) {
    const { stage, facts } = tile;
    stage.tabIndex = 0;
    stage.dataset.focus = `map-${facts.key}`;
    stage.setAttribute("role", "img");
    stage.setAttribute("aria-label", facts.alt);
    stage.onpointermove = stage.onpointerdown = (event) => {
      const box = stage.getBoundingClientRect();
      this.point([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    };
    stage.onpointerleave = stage.onblur = () => this.point(null);
    stage.onkeydown = (event) => {
      const step = ARROWS[event.key];
      if (!step) return;
      event.preventDefault();
      const [u, v] = this.at ?? [0.5, 0.5];
      this.point([u + step[1] * STEP, v + step[0] * STEP]);
    };
  }

  point(at) {
    this.at = at && at.map((share) => clamp(share, 0, 1 - 1e-6));
    for (const tile of this.tiles) {
      tile.cross.hidden = !this.at || !tile.map;
      tile.value.textContent = this.at && tile.map ? this.said(tile) : "";
      if (!this.at) continue;
      tile.cross.style.left = `${this.at[0] * 100}%`;
      tile.cross.style.top = `${this.at[1] * 100}%`;
    }
  }

  said({ map, facts }) {
    if (map.parts) return map.texts[map.label(...this.at)];
    const value = map.at(...this.at);
    const { digits } = facts.scale;
    return digits === null ? value.toExponential(2) : value.toFixed(digits);
  }

  // Colours.
  paint(tile) {
    if (!tile.map) return;
    tile.table ??= this.data.tables[tile.facts.scale.table].map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));
    tile.canvas.style.opacity = this.settings.opacity / 100;
    if (tile.map.parts) this.paintParts(tile);
    else this.paintGrid(tile);
  }

  colour({ facts, table }, value) {
    return table[stepOf(facts.scale, value)];
  }

  paintGrid(tile) {
    const { map, canvas } = tile;
    const scale = SMOOTH_PX / Math.max(this.data.width, this.data.height);
    const smooth = this.settings.smooth;
    const [w, h] = smooth ? [this.data.width * scale, this.data.height * scale].map(Math.round) : [map.columns, map.rows];
    const values = smooth ? map.spread(w, h) : map.values;
    const image = new ImageData(w, h);
    const pixels = new Uint32Array(image.data.buffer);
    const inks = Uint32Array.from(tile.table, ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
    for (let i = 0; i < w * h; i++) pixels[i] = inks[stepOf(tile.facts.scale, values[i])];
    this.put(canvas, image, smooth ? "" : "native");
  }

  paintParts(tile) {
    const { map, canvas } = tile;
    const { rows, columns, labels } = map;
    const colours = map.weights.map((weight) => this.colour(tile, weight));
    const image = new ImageData(columns, rows);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column;
        const label = labels[at];
        const edge = (column + 1 < columns && labels[at + 1] !== label) || (row + 1 < rows && labels[at + columns] !== label);
        const line = map.hatched[label] && (row + column) % HATCH_PX === 0;
        const [r, g, b] = edge || line ? [250, 250, 250] : colours[label];
        const alpha = edge ? 110 : map.shown[label] ? 255 : 0;
        image.data.set([r, g, b, line && map.shown[label] ? 235 : alpha], at * 4);
      }
    }
    this.put(canvas, image, "");
  }

  put(canvas, image, className) {
    Object.assign(canvas, { width: image.width, height: image.height, className });
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  listen() {
    const read = (input) => {
      this.settings[input.dataset.set] = input.type === "checkbox" ? input.checked : Number(input.value);
    };
    this.bar.oninput = (event) => {
      read(event.target);
      for (const tile of this.tiles) this.paint(tile);
    };
    this.bar.onchange = (event) => {
      read(event.target);
      this.send("view", { ...this.settings });
    };
  }
}

export default function mapSheet(component) {
  const { data, parentElement: root, setStateValue } = component;
  if (!views.has(root)) views.set(root, new Sheet(root));
  views.get(root).update(data, setStateValue);
  return () => views.delete(root);
}
