"""What one visit of a page measures: how far it jumped, what axe finds, where its first map stands."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.e2e.drivers.browser import PATIENCE_MS, idle

DESKTOP, TWICE, PHONE = (1280, 800), (640, 800), (390, 844)
"""Windows in CSS pixels: a laptop, the same at a zoom of 200 %, a phone."""

SHIFTS = """
window.shifts = [];
const named = (node) => {
  const element = node?.nodeType === 1 ? node : node?.parentElement;
  if (!element) return "gone";
  const near = element.closest('[class*="st-key-"]');
  const key = near && [...near.classList].find((name) => name.startsWith("st-key-"));
  return `${element.dataset.testid ?? element.tagName.toLowerCase()} in ${key ?? "page"}`;
};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    const moved = entry.sources.map(({ node, previousRect: before, currentRect: now }) =>
      `${named(node)} y ${before.top} to ${now.top}, height ${before.height} to ${now.height}`);
    window.shifts.push({ at: entry.startTime, value: entry.value, moved });
  }
}).observe({ type: "layout-shift", buffered: true });
"""

PLACE = ":is(.map, .sheet) .stage"
"""Where a map stands or will stand, also in the shadow tree of a component."""

MAP = f"{PLACE}:has(canvas:not([hidden]))"
"""A map that stands."""

PAGES = {
    "/": MAP,
    "/own-model": ".st-key-own-file",
    "/zones": MAP,
    "/compare?zone=1&methods=Grad-CAM": MAP,
    "/gallery?zone=1": MAP,
    "/layers?zone=1": MAP,
    "/examples?model=digits-cnn&show=prototypes": ".st-key-prototypes",
    "/features": MAP,
    "/filters": ".st-key-per",
    "/concepts?model=digits-cnn": ".st-key-concept-bars",
    "/tcav?model=digits-cnn": ".st-key-tcav-found",
    "/data-set?model=digits-cnn": ".st-key-confusion",
    "/errors?model=digits-cnn&maps=true": ".st-key-grid-head",
    "/strategies?model=digits-cnn": ".st-key-strategies-found",
    "/transfer?model=digits-cnn": ".st-key-learn-start",
    "/experiments": ":is(.st-key-empty, .st-key-runs-table)",
    "/quality?model=digits-cnn": ".st-key-copies-table",
    "/batch": ".st-key-method",
    "/report": ".st-key-empty",
}
"""Address of each page, and what stands on it when it is there."""

FRESH = "!document.querySelector('[data-stale=\"true\"]')"
"""Whether nothing is faded, as Streamlit does with what a run has not drawn again yet."""

STILL = "performance.now() - (window.shifts.at(-1)?.at ?? 0) > 1000"
"""Whether nothing has moved for a second: what comes later would count by itself."""

AXE = """async () => {
  const told = await axe.run(document, { resultTypes: ["violations"], elementRef: true });
  const around = (element) => {
    const found = [];
    for (let one = element; one; one = one.parentElement) found.push(one.dataset?.testid ?? "");
    return found;
  };
  return told.violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => ({
    rule: id, impact: node.impact ?? impact, target: node.target.flat().join(" >> "), html: node.html,
    inside: around(node.element), why: (node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? "",
  })));
}"""

WIDER = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth);
}"""
"""By how many pixels the page is wider than its window."""


@dataclass(frozen=True)
class Finding:
    """What axe says of one element.

    Attributes:
        rule: of axe-core.
        impact: minor, moderate, serious or critical.
        target: a selector of the element; parts of a shadow tree are joined by " >> ".
        html: the element.
        inside: what Streamlit calls the elements around it, from the inside out.
        why: what axe says.
        scheme: light or dark.
    """

    rule: str
    impact: str
    target: str
    html: str
    inside: list[str]
    why: str
    scheme: str


@dataclass
class Visit:
    """What a page did.

    Attributes:
        path: of the page.
        shifts: each layout shift: milliseconds after the start, value, what moved.
        findings: of axe, in both themes.
        maps: boxes of maps in the window of a laptop, in CSS pixels, also of maps that are still computed.
        wider: pixels to scroll sideways at each width.
    """

    path: str
    shifts: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    maps: list[dict[str, float]] = field(default_factory=list)
    wider: dict[int, float] = field(default_factory=dict)

    @property
    def cls(self) -> float:
        """Cumulative layout shift as browsers define it: the worst window of 5 s without a pause of 1 s."""
        worst = total = 0.0
        begun = last = -1e9
        for shift in self.shifts:
            if shift["at"] - last > 1000 or shift["at"] - begun > 5000:
                begun, total = shift["at"], 0.0
            last, total = shift["at"], total + shift["value"]
            worst = max(worst, total)
        return worst


@cache
def _axe() -> str:
    from axe_playwright_python.base import AXE_SCRIPT

    return AXE_SCRIPT


def findings(page: Any, scheme: str) -> list[Finding]:
    """What axe-core finds on a page, contrast included, in one colour scheme."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "([app, scheme]) => getComputedStyle(document.querySelector(app)).colorScheme === scheme",
        arg=['[data-testid="stApp"]', scheme],
    )
    idle(page)
    page.wait_for_function(FRESH)
    return [Finding(scheme=scheme, **found) for found in page.evaluate(AXE)]


def visit(browser: Any, url: str, path: str, wanted: str) -> Visit:
    """Load a page afresh and measure it.

    Args:
        browser: Chromium.
        url: of the server.
        path: of the page, with what is asked there.
        wanted: selector of what the page is for: it stands on it before anything is measured.
    """
    context = browser.new_context(viewport=_size(DESKTOP), locale="en-US", color_scheme="light", base_url=url)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.add_init_script(SHIFTS)
    seen = Visit(path)
    page.goto(path)
    page.locator(wanted).first.wait_for()
    idle(page)
    page.wait_for_function(STILL)
    seen.maps = [box for one in page.locator(PLACE).all() if (box := one.bounding_box())]
    seen.shifts = page.evaluate("window.shifts")
    page.emulate_media(reduced_motion="reduce")  # no colour is on its way to another
    page.evaluate(_axe())
    for scheme in ("light", "dark"):
        seen.findings += findings(page, scheme)
    for window in (TWICE, PHONE):
        page.set_viewport_size(_size(window))
        page.wait_for_function("width => innerWidth === width", arg=window[0])
        page.wait_for_function(STILL)
        seen.wider[window[0]] = page.evaluate(WIDER)
    context.close()
    return seen


def _size(window: tuple[int, int]) -> Any:
    return {"width": window[0], "height": window[1]}
