// Small images over the points, when few are in view. They come in sheets that are fetched when they are needed.
const MOST_THUMBS = 300;
const THUMB_PX = 40;
const MOST_SHEETS = 64; // in memory, 2 MB each

class Thumbs {
  constructor(canvas, again) {
    Object.assign(this, { canvas, again, sheets: [], bitmaps: new Map(), shown: 0 });
  }

  take(atlas) {
    const same = atlas && this.atlas && JSON.stringify(atlas.sheets) === JSON.stringify(this.atlas.sheets);
    if (!same) this.bitmaps.clear();
    this.atlas = atlas;
  }

  // A sheet, or null until it is there; those that were used longest ago are forgotten.
  sheet(number) {
    const known = this.bitmaps.has(number);
    const bitmap = this.bitmaps.get(number) ?? null;
    this.bitmaps.delete(number);
    this.bitmaps.set(number, bitmap);
    if (!known) this.load(number).then(this.again, () => this.bitmaps.delete(number));
    for (const old of [...this.bitmaps.keys()].slice(0, -MOST_SHEETS)) this.bitmaps.delete(old);
    return bitmap;
  }

  async load(number) {
    const source = this.atlas.sheets[number];
    const bytes = await (source.url ? bytesAt(source.url) : bytesOf(source));
    if (bytes && this.bitmaps.has(number)) this.bitmaps.set(number, await createImageBitmap(new Blob([bytes], { type: "image/webp" })));
  }

  // Draws the image of a point into a square of a canvas; says whether it is there.
  drawOne(context, index, [x, y, size]) {
    if (!this.atlas) return false;
    const { tile, columns, each } = this.atlas;
    const bitmap = this.sheet(Math.floor(index / each));
    if (!bitmap) return false;
    const place = index % each;
    const [left, top] = [(place % columns) * tile, Math.floor(place / columns) * tile];
    context.drawImage(bitmap, left, top, tile, tile, x, y, size, size);
    return true;
  }

  // Draws those in view where they are few; frames(index) is the colour of each one's frame.
  draw(places, frames) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const scale = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: width * scale, height: height * scale });
    const context = this.canvas.getContext("2d");
    context.scale(scale, scale);
    const near = this.atlas ? this.fewSheets(this.inView(places, width, height)) : [];
    this.shown = 0;
    for (const index of near) {
      const [x, y] = [places.x[index] - THUMB_PX / 2, places.y[index] - THUMB_PX / 2];
      if (!this.drawOne(context, index, [x, y, THUMB_PX])) continue;
      context.strokeStyle = frames(index);
      context.lineWidth = 2;
      context.strokeRect(x, y, THUMB_PX, THUMB_PX);
      this.shown += 1;
    }
    this.canvas.dataset.shown = this.shown;
  }

  // Those of the first sheets, as many as are kept: else each would push another out.
  fewSheets(near) {
    const number = (index) => Math.floor(index / this.atlas.each);
    const kept = new Set([...new Set(near.map(number))].slice(0, MOST_SHEETS));
    return near.filter((index) => kept.has(number(index)));
  }

  inView(places, width, height) {
    const found = [];
    for (let i = 0; i < places.x.length && found.length <= MOST_THUMBS; i++) {
      const [x, y] = [places.x[i], places.y[i]];
      if (x >= 0 && x <= width && y >= 0 && y <= height) found.push(i);
    }
    return found.length <= MOST_THUMBS ? found : [];
  }
}
