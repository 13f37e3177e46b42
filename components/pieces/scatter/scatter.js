// A layout of many images: tools, legend, selection and what is said of a point. Geometry comes once; colours and
// selections are small updates.
const scatters = new WeakMap();
const ZOOM = 1.4;
const FAINT = 0.12; // opacity of what is not selected
const NONE = 255; // code of a point without a group
const GREY = "#8a8f93";
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function faint(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${parts.join(",")},${FAINT})`;
}

class Scatter {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    Object.assign(this, { root, box: find(".scatter"), stage: find(".stage"), plot: find(".plot") });
    Object.assign(this, { tip: find(".tip"), said: find(".said"), legend: find(".legend"), trouble: find(".trouble") });
    Object.assign(this, { lit: new Set(), tool: "move", turn: 0, events: 0, paints: 0, drawn: null, rev: null, pointer: [0, 0] });
    this.cloud = new Cloud(this.plot);
    this.thumbs = new Thumbs(find(".thumbs"), () => this.later());
    const done = (corners, event) => this.choose(corners, event);
    this.lasso = new Lasso(find(".draw"), done, (x, y) => this.pick(nearestPoint(this.cloud.places(), x, y)));
    this.listen();
  }

  async update(data, send) {
    const turn = ++this.turn;
    const before = this.data;
    Object.assign(this, { data, send });
    this.say();
    if (!hasWebGL()) return this.fail(data.texts.webgl);
    const [plotly, points, texts, codes] = await Promise.all([
      plotlyFrom(data.library),
      bytesOf(data.points),
      bytesOf(data.names),
      bytesOf(data.colouring.codes),
    ]);
    if (turn !== this.turn) return undefined;
    if (!points || !codes) return this.fail(data.texts.failed);
    this.codes = new Uint8Array(codes);
    this.names = texts ? new TextDecoder().decode(texts).split("\n") : [];
    this.thumbs.take(data.atlas);
    if (before?.colouring.title !== data.colouring.title) this.lit.clear();
    if (this.rev !== `${data.key} ${data.rev}`) {
      this.rev = `${data.key} ${data.rev}`;
      this.mask = maskOf(data.mask, data.count);
    }
    if (this.drawn !== data.key) await this.draw(plotly, new Float32Array(points));
    else await this.paint();
    this.showLegend();
    this.trouble.hidden = true;
    return this.later();
  }

  fail(text) {
    this.trouble.textContent = text;
    this.trouble.hidden = false;
  }

  say() {
    const { texts, alt } = this.data;
    this.stage.setAttribute("aria-label", alt);
    this.root.querySelector(".bar").setAttribute("aria-label", texts.bar);
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.textContent = texts[button.dataset.tool];
      button.setAttribute("aria-pressed", button.dataset.tool === this.tool);
    }
    for (const name of ["in", "out", "all", "clear"]) {
      const button = this.root.querySelector(`[data-do="${name}"]`);
      button.title = texts[name];
      button.setAttribute("aria-label", texts[name]);
      if (name === "all" || name === "clear") button.textContent = texts[name];
    }
    this.root.querySelector(".hint").textContent = texts.hint;
    this.count();
  }

  count() {
    const chosen = this.mask?.reduce((sum, one) => sum + one, 0) ?? 0;
    this.said.textContent = chosen ? this.data.texts.selected.replace("{count}", chosen.toLocaleString(this.data.language)) : "";
    this.root.querySelector('[data-do="clear"]').disabled = !chosen;
  }

  async draw(plotly, points) {
    await this.cloud.draw(plotly, points, this.data, this.shades());
    const { plot } = this;
    plot.on("plotly_hover", ({ points: [point] }) => this.hover(point.pointNumber));
    plot.on("plotly_unhover", () => (this.tip.hidden = true));
    for (const name of ["plotly_relayout", "plotly_relayouting"]) plot.on(name, () => this.later());
    this.drawn = this.data.key;
    this.stage.dataset.drawn = this.drawn;
    this.count();
  }

  async paint() {
    await this.cloud.paint(this.shades());
    this.stage.dataset.paints = ++this.paints;
    this.count();
  }

  // Colours of all points as numbers on a scale of steps: the groups, none, and all of these once more, faint.
  shades() {
    const palette = [...this.data.colouring.palette, GREY];
    const last = palette.length - 1;
    const steps = [...palette, ...palette.map(faint)];
    const anything = this.mask.includes(1);
    const color = Float32Array.from(this.codes, (code, i) => {
      const step = code === NONE ? last : Math.min(code, last);
      const strong = (!this.lit.size || this.lit.has(step)) && (!anything || this.mask[i]);
      return step + (strong ? 0.5 : palette.length + 0.5);
    });
    const colorscale = steps.flatMap((one, i) => [[i / steps.length, one], [(i + 1) / steps.length, one]]);
    return { color, colorscale, cmin: 0, cmax: steps.length, showscale: false };
  }

  later() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      if (this.drawn) this.thumbs.draw(this.cloud.places(), (index) => this.colourOf(index));
    });
  }

  colourOf(index) {
    if (this.mask[index]) return getComputedStyle(this.box).color;
    return this.data.colouring.palette[this.codes[index]] ?? GREY;
  }

  // In three dimensions plotly does not say where the pointer was.
  hover(index) {
    const [canvas, text] = this.tip.children;
    Object.assign(canvas, { width: 64, height: 64 });
    canvas.hidden = !this.thumbs.drawOne(canvas.getContext("2d"), index, [0, 0, 64]);
    text.textContent = this.names[index] ?? index;
    this.tip.hidden = false;
    const frame = this.stage.getBoundingClientRect();
    const [x, y] = [this.pointer[0] - frame.left, this.pointer[1] - frame.top];
    this.tip.style.left = `${Math.max(0, Math.min(x + 14, frame.width - this.tip.offsetWidth - 4))}px`;
    const below = y + 14 + this.tip.offsetHeight < frame.height;
    this.tip.style.top = `${below ? y + 14 : Math.max(0, y - this.tip.offsetHeight - 14)}px`;
  }

  // A click is ours: plotly tells of one only where it has looked under the pointer in time.
  press({ clientX: x, clientY: y }) {
    this.stage.focus({ preventScroll: true });
    if (this.tool !== "move" || !this.drawn) return;
    const release = (event) => {
      const frame = this.stage.getBoundingClientRect();
      const still = Math.hypot(event.clientX - x, event.clientY - y) < LEAST_PX;
      if (still) this.pick(nearestPoint(this.cloud.places(), x - frame.left, y - frame.top));
    };
    window.addEventListener("pointerup", release, { capture: true, once: true });
  }

  pick(index) {
    if (index !== null) this.send("pick", { key: this.data.key, index, event: ++this.events });
  }

  // Shift adds to the selection, Alt takes away from it.
  choose(corners, event) {
    const found = pointsInside(this.cloud.places(), corners);
    this.mask = found.map((one, i) => {
      if (event.altKey) return this.mask[i] && !one ? 1 : 0;
      return event.shiftKey ? one | this.mask[i] : one;
    });
    this.tell();
  }

  clear() {
    this.mask = new Uint8Array(this.data.count);
    this.tell();
  }

  tell() {
    this.send("selection", { key: this.data.key, mask: maskText(this.mask), event: ++this.events });
    this.paint().then(() => this.later());
  }

  showLegend() {
    const { palette, labels, ends, title } = this.data.colouring;
    this.legend.setAttribute("aria-label", title);
    if (ends) {
      const ramp = Object.assign(document.createElement("span"), { className: "ramp" });
      ramp.style.background = `linear-gradient(to right, ${palette.join(",")})`;
      this.legend.replaceChildren(ends[0], ramp, ends[1]);
      return;
    }
    const buttons = labels.map((label, code) => {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
      swatch.style.background = palette[code] ?? GREY;
      button.append(swatch, label);
      button.setAttribute("aria-pressed", this.lit.has(code));
      button.onclick = () => this.light(code, button);
      return button;
    });
    this.legend.replaceChildren(...buttons);
  }

  // Shows one group, or one more, in full strength.
  light(code, button) {
    if (!this.lit.delete(code)) this.lit.add(code);
    button.setAttribute("aria-pressed", this.lit.has(code));
    this.paint();
  }

  use(tool) {
    this.tool = tool;
    this.lasso.box = tool === "box";
    this.stage.classList.toggle("selecting", tool !== "move");
    this.tip.hidden = true;
    this.say();
  }

  listen() {
    const acts = {
      in: () => this.cloud.zoom(ZOOM),
      out: () => this.cloud.zoom(1 / ZOOM),
      all: () => this.cloud.all(),
      clear: () => this.clear(),
    };
    const escape = () => (this.lasso.corners ? this.lasso.stop() : this.clear());
    const keys = { "+": acts.in, "-": acts.out, 0: acts.all, Escape: escape };
    this.root.querySelector(".bar").onclick = ({ target }) => {
      const button = target.closest("button");
      if (button?.dataset.tool) this.use(button.dataset.tool);
      else if (button && this.drawn) acts[button.dataset.do]();
    };
    this.stage.onkeydown = (event) => {
      if (!this.drawn) return;
      const does = MOVES[event.key] ? () => this.cloud.move(MOVES[event.key]) : keys[event.key];
      if (!does) return;
      event.preventDefault();
      does();
    };
    // The wheel scrolls the page until the plot was clicked, or with Ctrl.
    const wheel = (event) => {
      if (!event.ctrlKey && !this.stage.matches(":focus-within")) event.stopPropagation();
    };
    const pointed = (event) => (this.pointer = [event.clientX, event.clientY]);
    this.stage.addEventListener("pointermove", pointed, { capture: true });
    this.stage.addEventListener("wheel", wheel, { capture: true });
    this.stage.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
    this.size = new ResizeObserver(() => {
      if (this.drawn) this.cloud.fit();
      this.later();
    });
    this.size.observe(this.stage);
  }

  end() {
    this.size.disconnect();
    this.cloud.end();
  }
}

export default function scatter(component) {
  const { data, parentElement: root, setStateValue } = component;
  if (!scatters.has(root)) scatters.set(root, new Scatter(root));
  const made = scatters.get(root);
  made.update(data, setStateValue).catch((error) => {
    made.fail(data.texts.failed);
    console.warn("scatter", error);
  });
  stands(root);
  return () => {
    made.end();
    scatters.delete(root);
  };
}
