// Small pictures of which one is looked at: by pointer, or by arrows and Enter; one stop for the Tab key.
const trays = new WeakMap();
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

class Tray {
  constructor(root) {
    this.list = root.querySelector(".tray");
    this.buttons = [];
    this.clicks = 0;
    this.shown = "";
    this.list.onkeydown = (event) => this.onKey(event);
  }

  update(data, send) {
    this.send = send;
    const said = { role: "listbox", "aria-orientation": "horizontal", "aria-label": data.label };
    for (const [name, value] of Object.entries(said)) this.list.setAttribute(name, value);
    const shown = data.pictures.map((one) => `${one.key} ${one.name}`).join("\n");
    if (shown !== this.shown) this.build(data.pictures);
    this.shown = shown;
    this.mark(data.chosen);
  }

  build(pictures) {
    this.buttons = pictures.map((one) => {
      const button = document.createElement("button");
      const image = document.createElement("img");
      button.type = "button";
      button.title = one.name;
      button.dataset.key = one.key;
      button.setAttribute("role", "option");
      button.setAttribute("aria-label", one.name);
      image.src = one.source;
      image.alt = "";
      button.append(image);
      button.onclick = () => this.pick(one.key);
      return button;
    });
    this.list.replaceChildren(...this.buttons);
  }

  mark(chosen) {
    for (const button of this.buttons) {
      const on = button.dataset.key === chosen;
      button.setAttribute("aria-selected", on);
      button.tabIndex = on ? 0 : -1;
    }
  }

  pick(key) {
    this.clicks += 1;
    this.mark(key);
    this.send("pick", { key, click: this.clicks });
  }

  onKey(event) {
    const here = this.buttons.indexOf(event.target);
    const there = { Home: 0, End: this.buttons.length - 1 }[event.key] ?? here + (STEPS[event.key] ?? NaN);
    if (here < 0 || !this.buttons[there]) return;
    this.buttons[there].focus();
    event.preventDefault();
  }
}

export default function tray(component) {
  const { data, parentElement: root, setStateValue } = component;
  if (!trays.has(root)) trays.set(root, new Tray(root));
  trays.get(root).update(data, setStateValue);
  return () => trays.delete(root);
}
