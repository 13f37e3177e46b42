// Shapes of zones from label maps: shared by the zone picker and the map.
const SVG = "http://www.w3.org/2000/svg";
const CORNER = 3; // half label pixels: how far a corner of an outline is rounded at most

function addShape(parent, name, className) {
  const element = document.createElementNS(SVG, name);
  if (className) element.setAttribute("class", className);
  parent.append(element);
  return element;
}

// Vertices [x, y] of a ring given as x0, y0, dx1, dy1, dx2, dy2, ...
function ringPoints(ring) {
  const points = [];
  let x = 0;
  let y = 0;
  for (let i = 0; i < ring.length; i += 2) {
    x += ring[i];
    y += ring[i + 1];
    points.push([x, y]);
  }
  return points;
}

function towards(from, to) {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const length = Math.hypot(dx, dy) || 1;
  const step = Math.min(length / 2, CORNER) / length;
  return [from[0] + dx * step, from[1] + dy * step];
}

// Path of closed rings with rounded corners; sx and sy turn half label pixels into picture pixels.
function ringsPath(rings, sx, sy) {
  const text = (point) => `${(point[0] * sx).toFixed(1)} ${(point[1] * sy).toFixed(1)}`;
  return rings
    .map((ring) => {
      const points = ringPoints(ring);
      const count = points.length;
      const parts = points.map((point, i) => {
        const enter = towards(point, points[(i + count - 1) % count]);
        const leave = towards(point, points[(i + 1) % count]);
        return `${i ? "L" : "M"}${text(enter)}Q${text(point)} ${text(leave)}`;
      });
      return `${parts.join("")}Z`;
    })
    .join("");
}

// Labels (height * width) from value, length, value, length, ...
function readRuns(runs, size) {
  const labels = new Int32Array(size);
  let place = 0;
  for (let i = 0; i < runs.length; i += 2) {
    labels.fill(runs[i], place, place + runs[i + 1]);
    place += runs[i + 1];
  }
  return labels;
}

function touches(labels, size, row, column, wanted) {
  for (let r = Math.max(0, row - 1); r <= Math.min(size.height - 1, row + 1); r++) {
    for (let c = Math.max(0, column - 1); c <= Math.min(size.width - 1, column + 1); c++) {
      if (wanted(labels[r * size.width + c])) return true;
    }
  }
  return false;
}

// Label pixels on the two sides of an edge, each a path in picture pixels: of one zone, or of two that touch.
function edgeRibbons(labels, size, zone, other) {
  const sides = { inside: "", outside: "" };
  const isZone = (label) => label === zone;
  const isOther = other === null ? (label) => label !== zone : (label) => label === other;
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      const label = labels[row * size.width + column];
      const side = isZone(label) ? "inside" : isOther(label) ? "outside" : null;
      if (side && touches(labels, size, row, column, side === "inside" ? isOther : isZone)) {
        const x = (column * size.sx).toFixed(1);
        const y = (row * size.sy).toFixed(1);
        sides[side] += `M${x} ${y}h${size.sx.toFixed(2)}v${size.sy.toFixed(2)}h${(-size.sx).toFixed(2)}Z`;
      }
    }
  }
  return sides;
}

// What those that show the same photo tell each other: where the pointer is, into which cells the photo is cut,
// what was picked, and how maps are shown.
const POINTED = "vitrine-pointed";
const CUT = "vitrine-cut";
const PICKED = "vitrine-picked";
const SET = "vitrine-set";
const NARROW = window.matchMedia("(max-width: 640px)");
const cuts = (window.vitrineCuts ??= new Map()); // rows and columns by photo, for those that come later

function tell(from, kind, detail) {
  window.dispatchEvent(new CustomEvent(kind, { detail: { ...detail, from, photo: from.data.photo } }));
}

// place: { u, v } in shares of width and height, with { w, h } where it is a whole cell; or null.
function tellPlace(from, place) {
  tell(from, POINTED, { place });
}

function tellCut(from, rows, columns) {
  cuts.set(from.data.photo, { rows, columns });
  tell(from, CUT, {});
}

// A zone was picked: on a phone, where the map stands below the image, it comes into view.
function tellPicked(from) {
  if (NARROW.matches) tell(from, PICKED, {});
}

// Brings a component into view.
function reveal(root) {
  (root.host ?? root).scrollIntoView({ block: "center" });
}

// Calls back what others tell of the same photo; gives what ends that.
function hear(who, kind, act) {
  const heard = ({ detail }) => detail.from !== who && detail.photo === who.data?.photo && act(detail);
  window.addEventListener(kind, heard);
  return () => window.removeEventListener(kind, heard);
}

// Says to the page that a component is drawn: the place that was kept for it is no longer needed.
function stands(root) {
  const place = root.getRootNode().host?.closest('[data-testid="stElementContainer"]');
  if (place) place.dataset.stands = "";
}
