// A picture under a fine grid of cells, one of which is chosen: by pointer, or by arrows and Enter.
const pickers = new WeakMap();
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function inside(value, count) {
  return Math.min(count - 1, Math.max(0, value));
}

class CellPicker {
  constructor(root) {
    this.svg = root.querySelector("svg");
    this.tip = root.querySelector(".tip");
    this.spoken = root.querySelector(".spoken");
    this.hot = null; // [row, column]
    this.clicks = 0;
    this.photo = addShape(this.svg, "image");
    this.rects = Object.fromEntries(["hover", "casing", "chosen"].map((name) => [name, addShape(this.svg, "rect", name)]));
    this.listen();
  }

  update(data, send) {
    Object.assign(this, { data, send, chosen: [data.row, data.column] });
    const { width, height, photo, texts } = data;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("aria-label", texts.title);
    for (const [name, value] of [["href", photo], ["width", width], ["height", height]]) this.photo.setAttribute(name, value);
    this.draw();
  }

  draw() {
    this.place("casing", this.chosen);
    this.place("chosen", this.chosen);
    this.place("hover", this.hot);
    this.tip.hidden = this.hot === null;
    if (this.hot) this.tip.textContent = this.name(this.hot);
  }

  place(name, cell) {
    const rect = this.rects[name];
    rect.style.display = cell ? "" : "none";
    if (!cell) return;
    const [w, h] = [this.data.width / this.data.columns, this.data.height / this.data.rows];
    for (const [key, value] of [["x", cell[1] * w], ["y", cell[0] * h], ["width", w], ["height", h]]) rect.setAttribute(key, value);
  }

  name([row, column]) {
    return this.data.texts.cell.replace("{row}", row + 1).replace("{column}", column + 1);
  }

  under(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    const { rows, columns, width, height } = this.data;
    return [inside(Math.floor((point.y / height) * rows), rows), inside(Math.floor((point.x / width) * columns), columns)];
  }

  pick(cell) {
    this.chosen = cell;
    this.clicks += 1;
    this.draw();
    this.spoken.textContent = `${this.data.texts.picked} ${this.name(cell)}`;
    this.send("pick", { row: cell[0], column: cell[1], click: this.clicks });
  }

  point(cell) {
    this.hot = cell;
    this.draw();
  }

  onKey(event) {
    const step = ARROWS[event.key];
    if (step) {
      const [row, column] = this.hot ?? this.chosen;
      this.point([inside(row + step[0], this.data.rows), inside(column + step[1], this.data.columns)]);
      this.spoken.textContent = this.name(this.hot);
    } else if ((event.key === "Enter" || event.key === " ") && this.hot) this.pick(this.hot);
    else return;
    event.preventDefault();
  }

  listen() {
    followPointer(this, null);
  }
}

export default function cellPicker(component) {
  const { data, parentElement: root, setStateValue } = component;
  if (!pickers.has(root)) pickers.set(root, new CellPicker(root));
  pickers.get(root).update(data, setStateValue);
  return () => pickers.delete(root);
}
