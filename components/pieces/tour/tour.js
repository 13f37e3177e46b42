// A tour in a small window beside what it is about. A new visitor sees it once without asking, nobody twice.
const tours = new WeakMap();
const SEEN = "vitrine-tour";
const LOOK_MS = 300; // between two looks whether the first result is there
const LOOKS = 100;
const GAP = 12; // pixels from what it is about
const STEP = 6; // pixels between places that are tried
const PHONE_PX = 640;
const TURNS = { ArrowRight: 1, ArrowLeft: -1 };
const WORDS = '[data-testid="stMainBlockContainer"] [data-testid="stElementContainer"], [data-testid="stSidebarNavLink"]';

// What was there before; null where the browser keeps nothing.
function memory() {
  try {
    localStorage.setItem(`${SEEN}-try`, "1");
    localStorage.removeItem(`${SEEN}-try`);
    return localStorage;
  } catch {
    return null;
  }
}

// Whether the page was opened without parameters; widgets may have written theirs into the address since.
function openedPlainly() {
  const [opened] = performance.getEntriesByType("navigation");
  return !new URL(opened?.name || location.href).search;
}

function boxOf(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, right: left + width, bottom: top + height, width, height };
}

function isSeen(element) {
  const { width, height, right } = boxOf(element);
  return width > 0 && height > 0 && right > 0;
}

// Elements of a selector; behind ">>>" stands what lies inside a component.
function everyOf(selector) {
  const [outer, inner] = selector.split(" >>> ");
  const found = [...document.querySelectorAll(outer)];
  if (!inner) return found;
  const roots = found.flatMap((element) => [...element.querySelectorAll("*")].map((child) => child.shadowRoot).filter(Boolean));
  return roots.flatMap((root) => [...root.querySelectorAll(inner)]);
}

function overlap(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

function distance(a, b) {
  return Math.hypot(Math.max(0, a.left - b.right, b.left - a.right), Math.max(0, a.top - b.bottom, b.top - a.bottom));
}

// Where a window of some size is nearest to a box without covering what stays clear, and hardly any words.
function placeFor([width, height], box, clear, words) {
  const best = { cost: Infinity, left: GAP, top: GAP };
  for (let top = GAP; top + height + GAP <= innerHeight; top += STEP) {
    for (let left = GAP; left + width + GAP <= innerWidth; left += STEP) {
      const spot = { left, top, right: left + width, bottom: top + height };
      const covered = clear.reduce((sum, other) => sum + overlap(spot, other), 0);
      const hidden = words.reduce((sum, other) => sum + overlap(spot, other), 0);
      const cost = covered * 100 + hidden * 0.01 + distance(spot, box);
      if (cost < best.cost) Object.assign(best, { cost, left, top });
    }
  }
  return best;
}

class Tour {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    Object.assign(this, { root, again: find(".again"), ring: find(".ring"), tip: find(".tip"), text: find(".text") });
    Object.assign(this, { count: find(".count"), title: find("h3"), skip: find(".skip"), next: find(".next") });
    this.steps = [];
    this.place = -1; // no step is shown
    this.listen();
  }

  update(data) {
    this.data = data;
    this.again.textContent = data.texts.again;
    this.skip.textContent = data.texts.skip;
    if (this.place >= 0) this.tell();
    if (!this.asked) this.wait(LOOKS);
    this.asked = true;
  }

  // Begins by itself as soon as the first result is there.
  wait(left) {
    const store = memory();
    const may = store && this.data.by_itself && !store.getItem(SEEN) && openedPlainly();
    this.again.dataset.begins = may ? "once" : "asked";
    if (!may) return;
    const ready = this.data.steps.every(({ anchors }) => this.anchorOf(anchors));
    if (ready) this.begin(false);
    else if (left > 0 && this.root.isConnected) setTimeout(() => this.wait(left - 1), LOOK_MS);
  }

  begin(asked) {
    memory()?.setItem(SEEN, "1");
    this.before = this.root.activeElement ?? document.activeElement;
    const free = asked || document.activeElement === document.body;
    this.steps = this.data.steps.map(({ anchors }, index) => (this.anchorOf(anchors) ? index : -1)).filter((index) => index >= 0);
    if (!this.steps.length) return;
    for (const window of [this.ring, this.tip]) window.showPopover?.();
    for (const [name, listener] of this.heard) addEventListener(name, listener, true);
    this.go(0, asked);
    if (free) this.next.focus({ preventScroll: true });
  }

  end() {
    if (this.place < 0) return;
    this.place = -1;
    for (const window of [this.ring, this.tip]) window.hidePopover?.();
    for (const [name, listener] of this.heard) removeEventListener(name, listener, true);
    if (this.root.isConnected && this.before !== document.body) this.before?.focus({ preventScroll: true });
  }

  go(place, scrolls) {
    if (place >= this.steps.length) return this.end();
    this.place = Math.max(0, place);
    this.tell();
    const anchor = this.anchor();
    const phone = innerWidth <= PHONE_PX;
    const motion = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    const { top, bottom } = anchor ? boxOf(anchor) : { top: 0, bottom: 0 };
    if (scrolls && anchor && (phone || top < 0 || bottom > innerHeight)) anchor.scrollIntoView({ block: phone ? "center" : "nearest", behavior: motion });
    this.mark();
    this.settle();
  }

  tell() {
    const { texts, steps } = this.data;
    const step = steps[this.steps[this.place]];
    const values = { number: this.place + 1, count: this.steps.length };
    this.count.textContent = texts.count.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
    this.title.textContent = step.title;
    this.text.textContent = step.text;
    this.next.textContent = this.place + 1 < this.steps.length ? texts.next : texts.end;
    this.skip.hidden = this.place + 1 === this.steps.length;
  }

  anchor() {
    return this.anchorOf(this.data.steps[this.steps[this.place]].anchors);
  }

  anchorOf(selectors) {
    for (const selector of selectors) {
      const found = everyOf(selector).find(isSeen);
      if (found) return found;
    }
    return null;
  }

  // The ring around what the step is about.
  mark() {
    const anchor = this.anchor();
    this.ring.hidden = !anchor;
    if (!anchor) return;
    const { left, top, width, height } = boxOf(anchor);
    Object.assign(this.ring.style, { left: `${left - 4}px`, top: `${top - 4}px`, width: `${width + 8}px`, height: `${height + 8}px` });
  }

  // The window's place: on a phone its style has one.
  settle() {
    const anchor = this.anchor();
    if (!anchor || innerWidth <= PHONE_PX) return Object.assign(this.tip.style, { left: "", top: "" });
    const box = boxOf(anchor);
    const apart = { left: box.left - GAP, top: box.top - GAP, right: box.right + GAP, bottom: box.bottom + GAP };
    const clear = this.data.clear.flatMap(everyOf).filter(isSeen).map(boxOf);
    const words = [...document.querySelectorAll(WORDS)].filter(isSeen).map(boxOf);
    const { left, top } = placeFor([this.tip.offsetWidth, this.tip.offsetHeight], box, [apart, ...clear], words);
    return Object.assign(this.tip.style, { left: `${left}px`, top: `${top}px` });
  }

  onKey(event) {
    if (event.key === "Escape") this.end();
    else if (event.composedPath().includes(this.tip) && TURNS[event.key]) this.go(this.place + TURNS[event.key], true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  listen() {
    this.again.onclick = () => this.begin(true);
    this.skip.onclick = () => this.end();
    this.next.onclick = () => this.go(this.place + 1, true);
    const resized = () => {
      this.mark();
      this.settle();
    };
    this.heard = Object.entries({ keydown: (event) => this.onKey(event), scroll: () => this.mark(), resize: resized });
  }
}

export default function tour(component) {
  const { data, parentElement: root } = component;
  if (!tours.has(root)) tours.set(root, new Tour(root));
  const shown = tours.get(root);
  shown.update(data);
  return () => setTimeout(() => root.isConnected || shown.end());
}
