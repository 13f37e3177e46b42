const views = new WeakMap();
const SMOOTH_PX = 320; // longer side of the smooth canvas

class MapView {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    Object.assign(this, { stage: find(".stage"), photo: find(".photo"), canvas: find("canvas"), svg: find(".stage > svg") });
    Object.assign(this, { tip: find(".tip"), bar: find(".bar"), list: find("ol"), needle: find(".needle"), spoken: find(".spoken") });
    this.root = root;
    this.hot = null; // index of a cell
    this.settings = null;
    this.listen();
  }

  update(data, send) {
    this.send = send;
    this.data = data;
    this.settings ??= { ...data.view };
    if (this.hot >= data.rows * data.columns) this.hot = null;
    this.texts();
    this.frame();
    this.paint();
    this.drawLines();
    this.listTop();
    this.drawHot();
    tellCut(this, data.rows, data.columns);
  }

  texts() {
    const { texts, title, alt } = this.data;
    this.svg.setAttribute("aria-label", alt);
    fillBar(this.bar, texts, this.settings);
    this.root.querySelector(".only-band").hidden = !this.data.sure;
    this.root.querySelector(".scale .title").textContent = title;
    const top = this.root.querySelector(".top .title");
    top.textContent = texts.top;
    top.hidden = this.data.top.length === 0;
    this.root.querySelector(".note").textContent = texts.note;
  }

  frame() {
    const { width, height, photo } = this.data;
    this.stage.style.aspectRatio = `${width} / ${height}`;
    if (this.photo.getAttribute("src") !== photo) this.photo.src = photo;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }

  paint() {
    const { smooth, opacity, flat } = this.settings;
    const { inks, scale, kept, ticks } = this.data;
    const view = this.root.querySelector(".map");
    view.classList.toggle("flat", flat);
    view.style.setProperty("--opacity", opacity / 100);
    view.style.setProperty("--kept", kept);
    const image = gridImage(this.data, scale, inksOf(inks, flat), this.data, smooth ? SMOOTH_PX : 0);
    putImage(this.canvas, image, smooth ? "" : "native");
    drawBar(this.root.querySelector(".strip"), this.root.querySelector(".ticks"), inks, flat, ticks);
  }

  cellSize() {
    return [this.data.width / this.data.columns, this.data.height / this.data.rows];
  }

  cellPath(index) {
    const [w, h] = this.cellSize();
    const { columns } = this.data;
    return `M${(index % columns) * w} ${Math.floor(index / columns) * h}h${w}v${h}h${-w}Z`;
  }

  gridPath() {
    const [w, h] = this.cellSize();
    const { rows, columns, width, height } = this.data;
    let d = "";
    for (let i = 1; i < columns; i++) d += `M${i * w} 0V${height}`;
    for (let i = 1; i < rows; i++) d += `M0 ${i * h}H${width}`;
    return d;
  }

  drawLines() {
    const { outlines, sure, contour, width, height } = this.data;
    const { smooth, flat } = this.settings;
    this.svg.replaceChildren();
    if (!smooth) addShape(this.svg, "path", "grid").setAttribute("d", this.gridPath());
    if (contour && !flat) addLine(this.svg, "contour", contourPath(contour, smooth, width, height));
    if (sure && this.settings.sure) addLine(this.svg, "sure", edgesPath(this.data, sure, width, height));
    outlines.forEach((outline, place) => {
      addLine(this.svg, place ? "second" : "first", ringsPath(outline.rings, width / outline.width / 2, height / outline.height / 2));
    });
    this.marks = ["casing cell", "cell"].map((name) => addShape(this.svg, "path", name));
  }

  listTop() {
    const rows = this.data.top.map((item) => {
      const row = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.setAttribute("aria-label", `${this.data.cells[item.cell].name}: ${this.data.cells[item.cell].text}`);
      button.dataset.cell = item.cell;
      const [name, track, number] = ["name", "track", "number"].map((kind) => {
        const span = Object.assign(document.createElement("span"), { className: kind });
        button.append(span);
        return span;
      });
      name.textContent = this.data.cells[item.cell].name;
      number.textContent = item.number;
      const bar = Object.assign(document.createElement("span"), { className: "amount" });
      bar.style.width = `${item.share * 100}%`;
      track.append(bar);
      if (item.band) {
        const band = Object.assign(document.createElement("span"), { className: "band" });
        band.style.left = `${item.band[0] * 100}%`;
        band.style.width = `${(item.band[1] - item.band[0]) * 100}%`;
        track.append(band);
      }
      row.append(button);
      return row;
    });
    const focused = this.list.querySelector("button:focus")?.dataset.cell;
    this.list.replaceChildren(...rows);
    if (focused) this.list.querySelector(`[data-cell="${focused}"]`)?.focus();
    this.root.querySelector(".top").hidden = rows.length === 0 && !this.data.texts.note;
  }

  drawHot() {
    const { hot, data } = this;
    for (const mark of this.marks) mark.setAttribute("d", hot === null ? "" : this.cellPath(hot));
    for (const button of this.list.querySelectorAll("button")) button.classList.toggle("hot", Number(button.dataset.cell) === hot);
    this.needle.hidden = hot === null;
    if (hot !== null) this.needle.style.left = `${shareOf(data.scale, data.values[hot]) * 100}%`;
  }

  heat(index) {
    if (index === this.hot) return;
    this.light(index);
    tellPlace(this, index === null ? null : this.placeOf(index));
  }

  light(index) {
    this.hot = index;
    this.drawHot();
  }

  placeOf(index) {
    const { rows, columns } = this.data;
    const [w, h] = [1 / columns, 1 / rows];
    return { u: ((index % columns) + 0.5) * w, v: (Math.floor(index / columns) + 0.5) * h, w, h };
  }

  indexAt({ u, v }) {
    const { rows, columns } = this.data;
    return clamp(Math.floor(v * rows), 0, rows - 1) * columns + clamp(Math.floor(u * columns), 0, columns - 1);
  }

  showTip(x, y) {
    const cell = this.data.cells[this.hot];
    const name = document.createElement("b");
    name.textContent = cell.name;
    this.tip.replaceChildren(name, cell.text);
    this.tip.hidden = false;
    const { clientWidth, clientHeight } = this.stage;
    this.tip.style.left = `${clamp(x + 14, 0, Math.max(0, clientWidth - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${y + 14 + this.tip.offsetHeight > clientHeight ? Math.max(0, y - this.tip.offsetHeight - 12) : y + 14}px`;
  }

  onPointer(event) {
    const box = this.svg.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    this.heat(this.indexAt({ u: x / box.width, v: y / box.height }));
    this.showTip(x, y);
  }

  onKey(event) {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    const { rows, columns, cells } = this.data;
    const start = this.hot ?? 0;
    const row = clamp(Math.floor(start / columns) + step[0], 0, rows - 1);
    this.heat(row * columns + clamp((start % columns) + step[1], 0, columns - 1));
    this.spoken.textContent = `${cells[this.hot].name}: ${cells[this.hot].text}`;
    const [w, h] = [this.stage.clientWidth / columns, this.stage.clientHeight / rows];
    this.showTip((this.hot % columns) * w + w / 2, row * h + h / 2);
  }

  leave() {
    this.tip.hidden = true;
    this.heat(null);
  }

  listen() {
    const ends = [hear(this, POINTED, ({ place }) => this.light(place && this.indexAt(place))), hear(this, PICKED, () => reveal(this.root))];
    this.deaf = () => ends.forEach((end) => end());
    this.svg.onpointermove = this.svg.onpointerdown = (event) => this.onPointer(event);
    this.svg.onpointerleave = this.svg.onblur = () => this.leave();
    this.svg.onkeydown = (event) => this.onKey(event);
    const over = (event) => {
      const button = event.target.closest("[data-cell]");
      this.heat(button ? Number(button.dataset.cell) : null);
    };
    this.list.onpointermove = this.list.onfocusin = over;
    this.list.addEventListener("focusin", over);
    this.list.onpointerleave = () => this.heat(null);
    this.bar.oninput = (event) => {
      readInput(event.target, this.settings, this.data.usual);
      fillBar(this.bar, this.data.texts, this.settings);
      this.paint();
      this.drawLines();
      this.drawHot();
    };
    this.bar.onchange = () => this.send("view", { ...this.settings });
  }
}

export default function mapView(component) {
  const { data, parentElement: root, setStateValue } = component;
  if (!views.has(root)) views.set(root, new MapView(root));
  views.get(root).update(data, setStateValue);
  stands(root);
  return () => {
    views.get(root)?.deaf();
    views.delete(root);
  };
}
