"""Links: a fresh session with a link full of unusual choices shows them all, and orders them."""

from typing import Any

import pytest

from engine.filters import FilterParams
from engine.perturbation.methods.params import LimeParams, OcclusionParams
from tests.pages.visits import Visit

pytestmark = pytest.mark.usefixtures("all_models_are_here")
CLASSIFIER = {"model": "vgg16-imagenet", "sample": "coffee"}
SEGMENTER = {"model": "segformer-b0-cityscapes", "classes": "grouped", "sample": "street-3"}
LIME: dict[str, Any] = {
    "segmentation": "quickshift",
    "kernel_size": 3.0,
    "max_dist": 50.0,
    "ratio": 0.5,
    "sigma": 0.5,
    "fill": "blur",
}
LIME |= {
    "space": "logit",
    "seed": 3,
    "samples": 50,
    "seeds": 2,
    "kernel_width": 0.5,
    "penalty": 2.0,
    "shown": 5,
    "sign": "positive",
}
PATCHES: dict[str, Any] = {
    "fill": "noise",
    "space": "logit",
    "seed": 5,
    "positions": 4,
    "patch": 1.5,
    "display": "score",
}
DRAWING: dict[str, Any] = {
    "size": 64,
    "steps": 16,
    "rate": 0.1,
    "painting": "pixels",
    "jitter": 2,
    "rotation": 0,
    "zoom": 3,
    "seed": 7,
}
DRAWING |= {"smoothness": 0.1, "paleness": 0.05}


def prefixed(prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}-{name}": value for name, value in values.items()}


def passes(page: Visit) -> list[Any]:
    """Parameters of the perturbation passes that a session has ordered."""
    return [job.order.spec.params for job in page.jobs("perturbation")]


ORDERED = {
    "zones": lambda page: passes(page) == [OcclusionParams(**PATCHES)],
    "compare": lambda page: passes(page) == [LimeParams(**LIME)] * 2,
    "gallery": lambda page: OcclusionParams(**PATCHES) in passes(page),
    "layers": lambda page: (
        [(job.order.spec.wanted, job.order.spec.layers) for job in page.jobs("gradient")]
        == [((0, 1), ("all",))]
    ),
    "filters": lambda page: (
        [job.order.spec.params for job in page.jobs("filters")] == [FilterParams(**DRAWING)]
    ),
}
"""What a page orders from its link, and nothing else."""


def open_link(page: str, values: dict[str, Any]) -> Visit:
    """Open a link, and wait until all that it names is there."""
    link = {name: list(value) if isinstance(value, list) else str(value) for name, value in values.items()}
    return Visit(page, **link).until(lambda visit: all(map(visit.has, values)))


def held(page: Visit, values: dict[str, Any]) -> dict[str, Any]:
    """What the widgets hold that a link names."""
    return {name: page.widget(name).value for name in values}


@pytest.mark.parametrize(
    ("page", "link", "meant"),
    [
        ("home", CLASSIFIER, {}),
        (
            "zones",
            SEGMENTER | {"method": "occlusion", "zone": 2, "ask": "shared", "with": 1} | PATCHES,
            {"classes": True, "zone": 1, "with": 0},
        ),
        (
            "compare",
            CLASSIFIER
            | {
                "second": "xception-imagenet",
                "class": "middle",
                "versus": "dark",
                "layer": "early",
                "methods": ["LIME", "LayerCAM"],
            }
            | prefixed("lime", LIME)
            | {"cam-direction": "against", "scale": True},
            {"class": 1, "versus": 0, "methods": ["lime", "layercam"]},
        ),
        (
            "gallery",
            CLASSIFIER
            | {"view": "many", "layer": "early", "cam-direction": "against"}
            | prefixed("occlusion", PATCHES),
            {},
        ),
        (
            "layers",
            CLASSIFIER
            | {
                "class": "dark",
                "beside": "middle",
                "method": "hirescam",
                "depth": "all",
                "scale": False,
                "direction": "against",
                "layer": "middle",
            },
            {"class": 0, "beside": 1},
        ),
        (
            "features",
            CLASSIFIER
            | {
                "steps": "all",
                "layer": "steps",
                "made": "before",
                "order": "maximum",
                "layer-scale": True,
                "picture-2": "cat",
            }
            | {"channel": 26, "sheet-page": 2, "kernel": 3},
            {},
        ),
        (
            "features",
            CLASSIFIER
            | {"steps": "attention", "layer": "look around", "row": 3, "column": 7, "layer-scale": True},
            {},
        ),
        (
            "filters",
            CLASSIFIER | {"filters": "early", "per": 32, "only": "1"} | prefixed("filter", DRAWING),
            {},
        ),
        (
            "batch",
            SEGMENTER | {"method": "occlusion", "top": "3"} | prefixed("occlusion", PATCHES),
            {"classes": True},
        ),
    ],
)
def test_every_widget_holds_what_its_link_says_and_orders_it(page, link, meant):
    opened = open_link(page, link)
    assert held(opened, link) == link | meant and not opened.at.exception and not opened.at.error
    assert ORDERED.get(page, lambda _page: True)(opened)
