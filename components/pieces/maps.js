// Values of maps as colours, and their colour bars: shared by the sheet of maps and the map of a zone.
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

// Values (rows * columns) at width x height: bilinear between cell centres, level beyond the outer ones.
function spreadValues({ values, rows, columns }, width, height) {
  const place = (pixel, size, cells) => {
    const at = clamp(((pixel + 0.5) * cells) / size - 0.5, 0, cells - 1);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, cells - 1), at - low];
  };
  const across = Array.from({ length: width }, (_unused, x) => place(x, width, columns));
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom, v] = place(y, height, rows);
    for (let x = 0; x < width; x++) {
      const [left, right, u] = across[x];
      const above = values[top * columns + left] * (1 - u) + values[top * columns + right] * u;
      const below = values[bottom * columns + left] * (1 - u) + values[bottom * columns + right] * u;
      out[y * width + x] = above * (1 - v) + below * v;
    }
  }
  return out;
}

// Place of a raw value on a scale, 0-1.
function shareOf({ low, high, signed }, value) {
  return high > low ? clamp((value - low) / (high - low), 0, 1) : signed ? 0.5 : 0;
}

// Place of a raw value in a table of 256 colours.
function stepOf(scale, value) {
  return Math.round(shareOf(scale, value) * 255);
}

// Red, green, blue and opacity of each step of a table such as "#fca50aff"; flat: opaque at each step.
function inksOf(table, flat) {
  return table.map((text) => [1, 3, 5, 7].map((at) => (flat && at === 7 ? 255 : parseInt(text.slice(at, at + 2), 16))));
}

// A grid in the inks of a scale: smooth on a canvas whose longer side has some pixels, or cell by cell.
function gridImage(grid, scale, inks, size, smoothPx) {
  const longer = smoothPx && Math.max(smoothPx, grid.rows, grid.columns);
  const share = longer / Math.max(size.width, size.height);
  const [w, h] = longer ? [size.width * share, size.height * share].map(Math.round) : [grid.columns, grid.rows];
  const values = longer ? spreadValues(grid, w, h) : grid.values;
  const image = new ImageData(w, h);
  const pixels = new Uint32Array(image.data.buffer);
  const words = Uint32Array.from(inks, ([r, g, b, a]) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0);
  for (let i = 0; i < w * h; i++) pixels[i] = words[stepOf(scale, values[i])];
  return image;
}

function putImage(canvas, image, className) {
  Object.assign(canvas, { width: image.width, height: image.height, className });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// A colour bar on checks, as opaque as the map.
function drawBar(strip, ticks, table, flat, texts) {
  const stops = table.filter((_colour, index) => index % 5 === 0).map((text) => (flat ? text.slice(0, 7) : text));
  const ink = strip.querySelector(".ink") ?? strip.insertBefore(make("span", "ink"), strip.firstChild);
  ink.style.background = `linear-gradient(to right, ${stops.join(",")})`;
  ticks.replaceChildren(...texts.map((text) => make("span", "", text)));
}

// Edges between the cells inside and outside of a part of a grid, as a path on a picture.
function edgesPath({ rows, columns }, inside, width, height) {
  const [w, h] = [width / columns, height / rows];
  const is = (row, column) => row >= 0 && column >= 0 && row < rows && column < columns && Boolean(inside[row * columns + column]);
  let d = "";
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      if (is(row, column) !== is(row - 1, column) && column < columns) d += `M${column * w} ${row * h}h${w}`;
      if (is(row, column) !== is(row, column - 1) && row < rows) d += `M${column * w} ${row * h}v${h}`;
    }
  }
  return d;
}

// The line around the strongest tenth of a map: smooth, or along the edges of cells.
function contourPath(contour, smooth, width, height) {
  if (!smooth) {
    const inside = [];
    for (const cell of contour.cells) inside[cell] = true;
    return edgesPath(contour, inside, width, height);
  }
  const place = (value, at) => ((value / contour.fine) * (at % 2 ? height : width)).toFixed(1);
  return contour.rings.map((ring) => `M${ring.map(place).join(" ")}Z`).join("");
}

// Adds a line with its dark casing.
function addLine(parent, kind, d) {
  for (const name of [`casing ${kind}`, kind]) addShape(parent, "path", name).setAttribute("d", d);
}

// Texts and settings of a tool bar whose inputs say what they set.
function fillBar(bar, texts, settings) {
  bar.setAttribute("aria-label", texts.bar);
  for (const span of bar.querySelectorAll("[data-text]")) span.textContent = texts[span.dataset.text];
  for (const input of bar.querySelectorAll("[data-set]")) {
    if (input.type === "checkbox") input.checked = settings[input.dataset.set];
    else input.value = settings[input.dataset.set];
  }
}

// What an input sets; a map that turns flat, or no longer is, has the usual opacity unless another was set.
function readInput(input, settings, usual) {
  const before = settings.flat ? usual.flat : usual.value;
  settings[input.dataset.set] = input.type === "checkbox" ? input.checked : Number(input.value);
  if (input.dataset.set === "flat" && settings.opacity === before) settings.opacity = input.checked ? usual.flat : usual.value;
}
