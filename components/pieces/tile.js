// One map of a sheet: what does not change stays as it is, also when everything around it is drawn anew.
const SMOOTH_PX = 240;
const NUMBER = 1 / 34; // height of a superpixel's number, of the side of a square as large as the picture
const STEP = 1 / 24; // of the picture, for the arrow keys

// Values of the cells of a grid: raw, from whole numbers 0-65535 between a lowest and a highest value.
class Grid {
  constructor({ rows, columns, values }, bytes) {
    const { low, high } = values;
    Object.assign(this, { rows, columns, parts: false });
    this.values = Float32Array.from(new Uint16Array(bytes), (step) => low + (step / 65535) * (high - low));
  }

  at(u, v) {
    return this.values[cellAt(this, u, v)];
  }
}

// Parts of the picture, with what is known of each.
class Parts {
  constructor({ rows, columns, weights, texts, shown, hatched }, bytes) {
    Object.assign(this, { rows, columns, weights, texts, shown, hatched, parts: true });
    this.labels = readRuns(new Uint32Array(bytes), rows * columns);
  }

  label(u, v) {
    return this.labels[cellAt(this, u, v)];
  }
}

function cellAt({ rows, columns }, u, v) {
  const row = clamp(Math.floor(v * rows), 0, rows - 1);
  return row * columns + clamp(Math.floor(u * columns), 0, columns - 1);
}

// Parts in the inks of their weights, hatched where they may be chance, with their borders.
function partsImage({ rows, columns, labels, weights, hatched, shown }, scale, table, lines) {
  const inks = weights.map((weight, label) => (shown[label] ? table[stepOf(scale, weight)] : [0, 0, 0, 0]));
  const image = new ImageData(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const label = labels[at];
      const right = column + 1 < columns ? labels[at + 1] : label;
      const below = row + 1 < rows ? labels[at + columns] : label;
      const line = hatched[label] && (row + column) % lines.pitch === 0;
      const edge = shown[label] || shown[right] || shown[below] ? lines.edge : lines.faint;
      image.data.set(right !== label || below !== label ? edge : line ? lines.hatch : inks[label], at * 4);
    }
  }
  return image;
}

class Tile {
  constructor(sheet) {
    this.sheet = sheet;
    this.map = null;
    this.figure = make("figure");
    this.caption = make("figcaption");
    this.value = make("span", "value");
    this.stage = make("div", "stage");
    this.photo = Object.assign(make("img", "photo"), { alt: "" });
    this.canvas = make("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.lines = document.createElementNS(SVG, "svg");
    this.lines.setAttribute("preserveAspectRatio", "none");
    [this.said, this.done, this.cross] = ["said", "done", "cross"].map((name) => make("div", name));
    this.cross.hidden = true;
    this.stage.append(this.photo, this.canvas, this.lines, this.said, this.done, this.cross);
    this.foot = make("div");
    this.figure.append(this.caption, this.stage, this.foot);
    this.listen();
  }

  // frame: all that the maps of a sheet have in common, as a text.
  update(facts, frame) {
    const known = JSON.stringify(facts);
    if (known === this.known && frame === this.frame) return;
    const scale = JSON.stringify(facts.scale);
    const scaled = scale !== this.scale || frame !== this.frame;
    Object.assign(this, { facts, known, frame, scale });
    this.figure.classList.toggle("chosen", facts.chosen);
    this.name();
    this.cover();
    this.lineUp();
    this.below();
    this.load(scaled);
  }

  // The map and its lines as they are set now.
  redraw() {
    this.lineUp();
    this.below();
    this.paint();
  }

  name() {
    const { facts, sheet } = this;
    const kind = facts.pick ? "button" : "span";
    if (this.title?.localName !== kind) {
      this.title = make(kind, facts.pick ? "" : "name");
      this.caption.replaceChildren(this.title, this.value);
    }
    this.title.textContent = facts.title;
    if (!facts.pick) return;
    Object.assign(this.title, { type: "button", onclick: () => this.pick() });
    this.title.setAttribute("aria-label", sheet.data.texts.pick.replace("{title}", facts.title));
    this.grow(this === sheet.wide);
  }

  pick() {
    this.sheet.enlarge(this);
    this.sheet.send("pick", { key: this.facts.key, click: Date.now() });
  }

  grow(wide) {
    this.figure.classList.toggle("wide", wide);
    if (this.facts?.pick) this.title.setAttribute("aria-expanded", wide);
  }

  cover() {
    const { said, done, alt } = this.facts;
    const { width, height, photo } = this.sheet.data;
    this.stage.style.aspectRatio = `${width} / ${height}`;
    this.stage.style.setProperty("--ratio", width / height);
    if (this.photo.getAttribute("src") !== photo) this.photo.src = photo;
    this.said.textContent = said;
    this.said.hidden = !said;
    this.done.style.width = `${(done ?? 0) * 100}%`;
    this.done.hidden = done === null;
    this.stage.setAttribute("aria-label", alt);
  }

  lineUp() {
    const { width, height, outlines } = this.sheet.data;
    const { smooth, flat } = this.sheet.settings;
    const contour = flat ? null : this.facts.map?.contour;
    const drawn = `${this.facts.outlines} ${this.frame} ${smooth} ${JSON.stringify([contour, this.facts.map?.numbers])}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.lines.replaceChildren();
    this.lines.setAttribute("viewBox", `0 0 ${width} ${height}`);
    if (contour) addLine(this.lines, "contour", contourPath(contour, smooth, width, height));
    for (const [number, row, column] of this.facts.map?.numbers ?? []) {
      const text = addShape(this.lines, "text", "number");
      text.textContent = number;
      text.setAttribute("x", column * width);
      text.setAttribute("y", row * height);
      text.style.fontSize = `${NUMBER * Math.sqrt(width * height)}px`;
    }
    for (const index of this.facts.outlines) {
      const outline = outlines[index];
      addLine(this.lines, "outline", ringsPath(outline.rings, width / outline.width / 2, height / outline.height / 2));
    }
  }

  below() {
    const { map, scale, note, strength } = this.facts;
    const parts = [];
    if (map && this.sheet.data.bars === "each") {
      const [strip, ticks, bar] = ["strip", "ticks", "scale"].map((name) => make("div", name));
      drawBar(strip, ticks, this.sheet.data.tables[scale.table], this.sheet.settings.flat, scale.ticks);
      bar.append(strip, ticks);
      parts.push(bar);
    }
    if (strength) {
      const [share, text] = strength;
      const [box, track, amount] = ["strength", "track", "amount"].map((name) => make("div", name));
      amount.style.width = `${share * 100}%`;
      track.append(amount);
      box.append(track, make("span", "", text));
      parts.push(box);
    }
    if (note) parts.push(make("div", "note", note.replaceAll(" %", "\u00a0%")));
    this.foot.replaceChildren(...parts);
  }

  // The map before stays on the picture until the new one is there.
  async load(scaled) {
    const { map } = this.facts;
    const wanted = JSON.stringify(map);
    if (wanted === this.wanted) {
      if (scaled) this.paint();
      return;
    }
    this.wanted = wanted;
    const found = map && bytesOf(map.runs ?? map.values);
    const bytes = found instanceof Promise ? await found : found;
    if (this.wanted !== wanted) return;
    if (map && !bytes) this.wanted = this.known = null; // it is asked for again with the next data
    this.map = bytes ? (map.runs ? new Parts(map, bytes) : new Grid(map, bytes)) : null;
    this.paint();
    this.point();
  }

  listen() {
    const { stage, sheet } = this;
    stage.tabIndex = 0;
    stage.setAttribute("role", "img");
    stage.onpointermove = stage.onpointerdown = (event) => {
      const box = stage.getBoundingClientRect();
      sheet.move([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    };
    stage.onpointerleave = stage.onblur = () => sheet.move(null);
    stage.onkeydown = (event) => {
      const step = ARROWS[event.key];
      if (!step) return;
      event.preventDefault();
      const [u, v] = sheet.at ?? [0.5, 0.5];
      sheet.move([u + step[1] * STEP, v + step[0] * STEP]);
    };
  }

  // Where the pointer is, and the value there.
  point() {
    const { at } = this.sheet;
    this.cross.hidden = !at || !this.map;
    this.value.textContent = at && this.map ? this.reading(...at) : "";
    if (!at) return;
    this.cross.style.left = `${at[0] * 100}%`;
    this.cross.style.top = `${at[1] * 100}%`;
  }

  reading(u, v) {
    if (this.map.parts) return this.map.texts[this.map.label(u, v)];
    const value = this.map.at(u, v);
    const { digits, point } = this.facts.scale;
    const text = digits === null ? value.toExponential(2) : value.toFixed(digits);
    return text.replace(".", point);
  }

  paint() {
    const { map, canvas, sheet, facts } = this;
    canvas.hidden = !map;
    if (!map) return;
    this.figure.style.setProperty("--kept", facts.map.kept);
    const inks = inksOf(sheet.data.tables[facts.scale.table], sheet.settings.flat);
    const { smooth } = sheet.settings;
    const image = map.parts
      ? partsImage(map, facts.scale, inks, sheet.data.parts)
      : gridImage(map, facts.scale, inks, sheet.data, smooth ? SMOOTH_PX : 0);
    putImage(canvas, image, map.parts || smooth ? "" : "native");
  }
}
