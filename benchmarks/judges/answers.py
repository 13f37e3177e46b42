"""Table of the answers: which peer is asked for which method, with which parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from benchmarks.judges import hidden, layers, pixels
from benchmarks.judges.draws import DESIGNS, GRID, HSICS, LIMES, NOISES, RISES
from benchmarks.judges.question import Question, Reals, Space


@dataclass(frozen=True)
class Answer:
    """A row of the table.

    Attributes:
        method: its key in Vitrine's table of methods.
        peer: who answers.
        find: the map, from the question and the parameters.
        params: of the method, as Vitrine names them.
    """

    method: str
    peer: str
    find: Callable[[Question, Any], Reals]
    params: Mapping[str, Any] = field(default_factory=dict)


def _of_layer(method: str, kind: str) -> Answer:
    return Answer(method, f"pytorch-grad-cam {kind}", partial(layers.library_cam, kind))


def _of_relu(method: str, kind: str) -> Answer:
    return Answer(method, f"captum {kind}", partial(pixels.modified_relu, kind))


ANSWERS: Mapping[str, Answer] = {
    "gradcam": _of_layer("gradcam", "GradCAM"),
    "gradcam++": Answer(
        "gradcam++",
        "equation 19 of the paper: pytorch-grad-cam adds 1e-6 to denominators that are as small",
        layers.plus_plus_of_the_paper,
    ),
    "hirescam": _of_layer("hirescam", "HiResCAM"),
    "layercam": _of_layer("layercam", "LayerCAM"),
    "scorecam": Answer(
        "scorecam",
        "pytorch-grad-cam ScoreCAM without its softmax, masks enlarged as ours",
        layers.library_score_cam,
    ),
    "saliency": Answer("saliency", "captum Saliency", pixels.saliency),
    "gradient_x_input": Answer(
        "gradient_x_input", "captum InputXGradient", pixels.input_x_gradient, {"fill": "black"}
    ),
    "integrated_gradients": Answer(
        "integrated_gradients",
        "captum IntegratedGradients, the same nodes",
        pixels.integrated_gradients,
        {"steps": 32, "fill": "mean"},
    ),
    "integrated_gradients_limit": Answer(
        "integrated_gradients",
        "captum IntegratedGradients, 2,000 equal steps",
        partial(pixels.integrated_gradients, method="riemann_trapezoid", steps=2000),
        {"steps": 256, "fill": "black"},
    ),
    "smoothgrad": Answer(
        "smoothgrad",
        "captum NoiseTunnel",
        pixels.smoothgrad,
        {"samples": NOISES, "noise": 0.15},
    ),
    "vargrad": Answer(
        "vargrad",
        "captum NoiseTunnel, its variance times n / (n - 1)",
        pixels.vargrad,
        {"samples": NOISES, "noise": 0.1},
    ),
    "guided_backprop": _of_relu("guided_backprop", "GuidedBackprop"),
    "deconvnet": _of_relu("deconvnet", "Deconvolution"),
    "sobol": Answer(
        "sobol",
        "SALib total_order on its own design, n - 1 for n in the variance",
        hidden.sobol,
        {"grid": GRID, "designs": DESIGNS, "draft": "never", "fill": "mean"},
    ),
    "lime": Answer(
        "lime",
        "captum Lime with SkLearnRidge",
        hidden.lime,
        {
            "samples": LIMES[1],
            "seeds": LIMES[0],
            "kernel_width": 0.25,
            "penalty": 1.0,
            "fill": "cell mean",
        },
    ),
    "occlusion": Answer(
        "occlusion", "captum Occlusion", hidden.occlusion, {"positions": 8, "patch": 1.0, "fill": "black"}
    ),
    "occlusion_overlapping": Answer(
        "occlusion",
        "captum FeatureAblation of each patch",
        hidden.overlapping_occlusion,
        {"positions": 8, "patch": 2.5, "fill": "mean"},
    ),
    "rise": Answer(
        "rise",
        "the paper's weighted mean: neither captum nor pytorch-grad-cam has RISE",
        hidden.rise,
        {"masks": RISES, "fill": "mean"},
    ),
    "hsic": Answer(
        "hsic",
        "the definition: no library for PyTorch has HSIC",
        hidden.hsic,
        {"grid": GRID, "masks": HSICS, "design": "binary", "fill": "mean"},
    ),
    "hsic_faded": Answer(
        "hsic",
        "the definition: no library for PyTorch has HSIC",
        hidden.hsic,
        {"grid": GRID, "masks": HSICS, "design": "latin hypercube", "fill": "black"},
    ),
    "kernelshap": Answer(
        "kernelshap",
        "captum ShapleyValues over all orders",
        hidden.shapley,
        {"samples": 1000, "seeds": 2, "fill": "mean"},
    ),
}

LAYERED = ("gradcam", "gradcam++", "hirescam", "layercam", "scorecam")
SPACED = ("sobol", "lime", "occlusion", "rise", "hsic", "kernelshap")
"""Methods that look into a layer, and those asked about probabilities of some networks, logits of others."""


def params_of(row: Answer, layer: str, space: Space) -> dict[str, Any]:
    """The parameters of a row for one network."""
    of_network = {"space": space} if row.method in SPACED else {}
    of_layer = {"layer": layer} if row.method in LAYERED else {}
    return {**row.params, **of_network, **of_layer}
