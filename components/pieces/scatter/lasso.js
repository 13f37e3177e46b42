// A lasso and a box over the plot: plotly's own would select anew at each move.
const LEAST_PX = 4; // between two corners, and what is smaller is a click
const NEAR_PX = 14; // a click picks the nearest point within that

// Even-odd rule: whether (x, y) lies inside a polygon [x0, y0, x1, y1, ...].
function insideOf(corners, x, y) {
  let inside = false;
  for (let i = 0, j = corners.length - 2; i < corners.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [corners[i], corners[i + 1], corners[j], corners[j + 1]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

// One byte for each point of places { x, y }: 1 inside the polygon. Points that are nowhere (NaN) are not.
function pointsInside(places, corners) {
  const found = new Uint8Array(places.x.length);
  const xs = corners.filter((_, i) => i % 2 === 0);
  const ys = corners.filter((_, i) => i % 2 === 1);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  for (let i = 0; i < found.length; i++) {
    const [x, y] = [places.x[i], places.y[i]];
    if (x >= left && x <= right && y >= top && y <= bottom && insideOf(corners, x, y)) found[i] = 1;
  }
  return found;
}

// Index of the point nearest to (x, y), within some pixels; or null.
function nearestPoint(places, x, y) {
  let [best, least] = [null, NEAR_PX ** 2];
  for (let i = 0; i < places.x.length; i++) {
    const gap = (places.x[i] - x) ** 2 + (places.y[i] - y) ** 2;
    if (gap < least) [best, least] = [i, gap];
  }
  return best;
}

// Draws what the pointer goes along; done(corners, event) gets the polygon, or clicked(x, y) a point.
class Lasso {
  constructor(svg, done, clicked) {
    Object.assign(this, { svg, done, clicked, corners: null, box: false });
    this.path = svg.querySelector("path");
    svg.onpointerdown = (event) => this.begin(event);
    svg.onpointermove = (event) => this.corners && this.go(event);
    svg.onpointerup = (event) => this.corners && this.end(event);
    svg.onpointercancel = () => this.stop();
  }

  at(event) {
    const frame = this.svg.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  begin(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    this.corners = this.at(event);
  }

  go(event) {
    const [x, y] = this.at(event);
    const [x0, y0] = this.corners;
    if (this.box) this.corners = [x0, y0, x, y0, x, y, x0, y];
    else if (Math.hypot(x - this.corners.at(-2), y - this.corners.at(-1)) >= LEAST_PX) this.corners.push(x, y);
    this.show();
  }

  end(event) {
    const corners = this.corners;
    this.stop();
    const xs = corners.filter((_, i) => i % 2 === 0);
    const ys = corners.filter((_, i) => i % 2 === 1);
    const reach = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
    if (reach < LEAST_PX) this.clicked(...this.at(event));
    else if (corners.length >= 6) this.done(corners, event);
  }

  stop() {
    this.corners = null;
    this.show();
  }

  show() {
    const pairs = [];
    for (let i = 0; i < (this.corners?.length ?? 0); i += 2) pairs.push(`${this.corners[i]} ${this.corners[i + 1]}`);
    this.path.setAttribute("d", pairs.length ? `M${pairs.join("L")}Z` : "");
  }
}

// Bits of a mask of bytes 0 and 1, the first in the lowest, as base 64.
function maskText(mask) {
  const bits = new Uint8Array(Math.ceil(mask.length / 8));
  for (let i = 0; i < mask.length; i++) if (mask[i]) bits[i >> 3] |= 1 << (i & 7);
  let text = "";
  for (let i = 0; i < bits.length; i += 8192) text += String.fromCharCode(...bits.subarray(i, i + 8192));
  return btoa(text);
}

// The mask of bytes behind such a text.
function maskOf(text, count) {
  const bits = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Uint8Array.from({ length: count }, (_, i) => (bits[i >> 3] >> (i & 7)) & 1);
}
