// Slides over the whole screen: keys and swipes turn them; a map on one says its value under the pointer.
const shows = new WeakMap();
const TURNS = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1, Home: -Infinity, End: Infinity };
const SWIPE_PX = 60;

// One map on its slide: what a sheet is to its tiles.
class MapBoard {
  constructor({ sheet, sure }) {
    Object.assign(this, { data: sheet, settings: sheet.view, at: null });
    this.tile = new Tile(this);
    const { figure, lines } = this.tile;
    this.tile.update(sheet.groups[0].tiles[0], "slide");
    figure.style.setProperty("--ratio", sheet.width / sheet.height);
    figure.style.setProperty("--opacity", sheet.view.opacity / 100);
    figure.classList.toggle("flat", sheet.view.flat);
    const { map } = this.tile.facts;
    if (sure && map) addLine(lines, "sure", edgesPath(map, sure, sheet.width, sheet.height));
  }

  point(at) {
    this.at = at && at.map((share) => clamp(share, 0, 1 - 1e-6));
    this.tile.point();
  }

  move(at) {
    this.point(at);
  }

  send() {} // nothing that is done on a slide is for the server
}

const SLIDES = {
  WordSlide({ title, lines, columns }) {
    const lists = columns.map(([name, texts]) => {
      const box = make("section");
      const list = make("ul");
      list.append(...texts.map((text) => make("li", "", text)));
      box.append(make("h3", "", name), list);
      return box;
    });
    const grid = make("div", "columns");
    grid.append(...lists);
    return [make("h2", "", title), ...lines.map((line) => make("p", "line", line)), grid];
  },
  MapSlide(facts) {
    const words = make("div", "words");
    words.append(make("p", "sentence", facts.said));
    if (facts.remark) words.append(make("p", "remark", facts.remark));
    words.append(...facts.notes.map((text) => make("p", "aside", text)));
    return [make("h2", "", facts.title), new MapBoard(facts).tile.figure, words];
  },
};

function slideOf(facts) {
  const slide = make("section", `slide ${facts.kind}`);
  slide.append(...SLIDES[facts.kind](facts));
  return slide;
}

class Show {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    Object.assign(this, { opener: find(".open"), hint: find(".hint"), dialog: find("dialog"), deck: find(".deck") });
    Object.assign(this, { board: find(".board"), count: find(".count"), spoken: find(".spoken"), leaver: find(".leave") });
    this.slides = [];
    this.place = 0;
    this.listen();
  }

  update(data) {
    this.data = data;
    this.opener.textContent = data.texts.open;
    this.hint.textContent = data.texts.hint;
    this.dialog.setAttribute("aria-label", data.texts.deck);
    this.leaver.setAttribute("aria-label", data.texts.leave);
    if (this.dialog.open) this.draw(this.place); // what was typed last comes with the click that opens
  }

  draw(place) {
    this.slides = this.data.slides.map(slideOf);
    this.board.replaceChildren(...this.slides);
    this.turnTo(place);
  }

  open() {
    this.dialog.showModal();
    this.draw(0);
    this.deck.requestFullscreen?.({ navigationUI: "hide" })?.catch(() => {}); // the window is covered all the same
  }

  turnTo(place) {
    this.place = clamp(place, 0, this.slides.length - 1);
    for (const [index, slide] of this.slides.entries()) slide.hidden = index !== this.place;
    const [number, count] = [this.place + 1, this.slides.length];
    this.count.textContent = `${number} / ${count}`;
    const values = { number, count, title: this.data.slides[this.place].title };
    this.spoken.textContent = this.data.texts.slide.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
    this.board.scrollTop = 0;
    this.deck.focus();
  }

  // The page below takes the focus back only when nothing fills the screen any more.
  async leave() {
    if (this.full()) await document.exitFullscreen().catch(() => {});
    if (this.dialog.open) this.dialog.close();
    if (this.slides.length) this.opener.focus();
    this.slides = [];
    this.board.replaceChildren();
  }

  full() {
    return this.deck.matches(":fullscreen");
  }

  onKey(event) {
    event.stopPropagation(); // the page below has keys of its own
    const turn = TURNS[event.key];
    const taken = event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey;
    if (event.key === "Escape") this.leave();
    if (!turn || taken || (event.key === " " && event.composedPath()[0] === this.leaver)) return;
    event.preventDefault();
    this.turnTo(this.place + (event.key === " " && event.shiftKey ? -1 : turn));
  }

  listen() {
    this.opener.onclick = () => this.open();
    this.leaver.onclick = () => this.leave();
    this.dialog.onkeydown = (event) => this.onKey(event);
    this.dialog.oncancel = (event) => event.preventDefault();
    this.dialog.onclose = () => this.leave();
    let wasFull = false;
    this.deck.onfullscreenchange = () => {
      if (wasFull && !this.full()) this.leave(); // Escape, or the browser's own way
      wasFull = this.full();
    };
    this.deck.onmousedown = (event) => {
      if (event.target.closest(".stage")) event.preventDefault(); // arrow keys go on turning slides
    };
    this.swipe();
  }

  swipe() {
    let from = null;
    this.deck.addEventListener("touchstart", ({ touches }) => (from = touches.length === 1 ? touches[0] : null), { passive: true });
    this.deck.addEventListener("touchend", ({ changedTouches: [to] }) => {
      const [dx, dy] = from ? [to.clientX - from.clientX, to.clientY - from.clientY] : [0, 0];
      from = null;
      if (Math.abs(dx) > SWIPE_PX && Math.abs(dx) > 2 * Math.abs(dy)) this.turnTo(this.place - Math.sign(dx));
    });
  }
}

export default function present(component) {
  const { data, parentElement: root } = component;
  if (!shows.has(root)) shows.set(root, new Show(root));
  shows.get(root).update(data);
}
