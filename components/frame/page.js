// What no style and no widget of Streamlit's gives: a way to the image, and the language for screen readers and
// for words that Streamlit has in English only.
{
  const IMAGE = '.picker svg[role="listbox"], .map svg[role="img"], .sheet .stage, [data-testid="stImage"] img';

  // The first element that fits, also in the shadow trees of components.
  const first = (root, wanted) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches(wanted)) return element;
      const inside = element.shadowRoot && first(element.shadowRoot, wanted);
      if (inside) return inside;
    }
    return null;
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("a.skip")) return;
    event.preventDefault();
    const image = first(document.querySelector('[data-testid="stMain"]'), IMAGE);
    if (image && image.tabIndex < 0) image.setAttribute("tabindex", "-1");
    image?.focus();
    image?.scrollIntoView({ block: "nearest" });
  });

  const speak = () => {
    const link = document.querySelector("a.skip");
    if (!link) return;
    if (document.documentElement.lang !== link.lang) document.documentElement.lang = link.lang;
    const menu = document.querySelector('[data-testid="stExpandSidebarButton"]');
    for (const name of ["files", "drop"]) {
      document.documentElement.style.setProperty(`--${name}`, JSON.stringify(link.dataset[name]));
    }
    if (menu && menu.ariaLabel !== link.dataset.menu) menu.ariaLabel = link.dataset.menu;
  };
  new MutationObserver(speak).observe(document, { childList: true, subtree: true });
}
