// Which part of a picture an SVG shows: zoom, drag, and where the pointer is on the picture.
const ZOOM = 1.5;
const MAX_ZOOM = 8;
const DRAG_PX = 6;

class View {
  constructor(svg, width, height) {
    Object.assign(this, { svg, width, height, held: null });
    this.move(0, 0, width, height);
  }

  move(x, y, w, h) {
    this.box = [clamp(x, 0, this.width - w), clamp(y, 0, this.height - h), w, h];
    this.svg.setAttribute("viewBox", this.box.join(" "));
    this.svg.classList.toggle("zoomed", w < this.width);
  }

  // Around a point given as shares of height and width, or around the middle of what is shown.
  zoom(kind, shares) {
    const [x, y, w, h] = this.box;
    const scale = kind === "whole" ? 1 : clamp((this.width / w) * (kind === "in" ? ZOOM : 1 / ZOOM), 1, MAX_ZOOM);
    const [cx, cy] = shares ? [shares[1] * this.width, shares[0] * this.height] : [x + w / 2, y + h / 2];
    const [width, height] = [this.width / scale, this.height / scale];
    this.move(cx - width / 2, cy - height / 2, width, height);
  }

  // Shares of height and width, 0-1, under the pointer: right at any width, zoom and letterbox.
  shares(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    const inside = (value, size) => clamp(value / size, 0, 1 - 1e-9);
    return [inside(point.y, this.height), inside(point.x, this.width)];
  }

  press(event) {
    const zoomed = this.box[2] < this.width;
    this.held = zoomed ? { x: event.clientX, y: event.clientY, box: this.box, moved: false } : null;
  }

  // True while the picture is being dragged.
  drag(event) {
    if (!this.held || !event.buttons) return false;
    const dx = event.clientX - this.held.x;
    const dy = event.clientY - this.held.y;
    this.held.moved ||= Math.hypot(dx, dy) >= DRAG_PX;
    if (this.held.moved) {
      const frame = this.svg.getBoundingClientRect();
      const [x, y, w, h] = this.held.box;
      this.svg.classList.add("panning");
      this.move(x - (dx * w) / frame.width, y - (dy * h) / frame.height, w, h);
    }
    return this.held.moved;
  }

  // True if the press that ends here was a drag.
  release() {
    const moved = Boolean(this.held?.moved);
    this.held = null;
    this.svg.classList.remove("panning");
    return moved;
  }
}

// Hatchings by name: lines across a tile 8 x 8, or dots. They tell classes apart whose colours look alike.
const HATCH_LINES = 56; // about so many tiles across the picture
const HATCHED = {
  rising: "M-2 2L2 -2M0 8L8 0M6 10L10 6",
  falling: "M-2 6L2 10M0 0L8 8M6 -2L10 2",
  level: "M0 4H8",
  upright: "M4 0V8",
  crossed: "M0 0L8 8M0 8L8 0",
  dotted: "M4 4h0.01",
};

// Adds them to a picture; side is that of a tile in its pixels.
function addHatches(svg, side) {
  const defs = addShape(svg, "defs");
  for (const [name, d] of Object.entries(HATCHED)) {
    const pattern = addShape(defs, "pattern", name);
    const facts = { id: `hatch-${name}`, width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: `scale(${side / 8})` };
    for (const [key, value] of Object.entries(facts)) pattern.setAttribute(key, value);
    for (const kind of ["under", "over"]) addShape(pattern, "path", `stroke ${kind}`).setAttribute("d", d);
  }
}
