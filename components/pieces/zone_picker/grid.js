// The grid over a picture: rows and columns of equal cells, and places on it in shares of width and height.
const COLUMNS = 16; // where nobody wants other ones and no map is cut into cells
const MOST = 48; // columns that can be told apart

// The cells of the map beside it, or, where somebody wants other ones or there is none, about square ones.
function gridOf({ width, height, photo }, wanted) {
  const cut = cuts.get(photo);
  if (!wanted && cut && cut.columns <= MOST) return cut;
  const columns = wanted ?? COLUMNS;
  return { columns, rows: Math.max(1, Math.round((columns * height) / width)) };
}

function linesOf({ rows, columns }, width, height) {
  let d = "";
  for (let i = 1; i < columns; i++) d += `M${((i * width) / columns).toFixed(2)} 0V${height}`;
  for (let i = 1; i < rows; i++) d += `M0 ${((i * height) / rows).toFixed(2)}H${width}`;
  return d;
}

function placeOf({ rows, columns }, [row, column]) {
  return { u: (column + 0.5) / columns, v: (row + 0.5) / rows, w: 1 / columns, h: 1 / rows };
}

function cellOf({ rows, columns }, { u, v }) {
  return [clamp(Math.floor(v * rows), 0, rows - 1), clamp(Math.floor(u * columns), 0, columns - 1)];
}
