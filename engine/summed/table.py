"""The methods that are read off the summed pass. Light: their code is imported when it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.method import Family, Method
from engine.params import Params
from engine.summed.params import ColourParams, InputParams, NoiseParams, PathParams, ScoreCamParams

STEP = "in logits for a step of 1 of 255 in a colour"
LOGIT = 'The gradient is that of the logit, before softmax: what moves a class may move another even more; "A rather than B" shows that.'
LOCAL = "A gradient says what a small change of a pixel would do, not what hiding it would do."
RELUS = "Only ReLUs are treated in another way; in networks with few of them among other activations the map is nearly the plain gradient."
BLIND = (
    "It hardly reacts when the weights of the network are replaced by random ones (Adebayo et al. 2018, "
    "https://arxiv.org/abs/1810.03292): it shows edges of the picture more than what the model makes of them."
)


@dataclass(frozen=True)
class _Source:
    """Where a method was published."""

    paper: str
    year: int
    url: str


@dataclass(frozen=True)
class _Form:
    """What a method takes and gives."""

    params: type[Params]
    runs: Callable[[Any], int] = lambda params: 1
    signed: bool = False
    needs: tuple[str, ...] = ()
    about: Family | None = None


def _row(names: tuple[str, str, str], source: _Source, form: _Form, texts: tuple[tuple[str, ...], tuple[str, ...]]) -> Method:
    """A method's row; its module has the key's name."""
    key, title, measures = names
    return Method(
        key=key,
        title=title,
        measures=measures,
        paper=source.paper,
        year=source.year,
        url=source.url,
        tasks=("segmentation", "classification"),
        run_by="summed",
        signed=form.signed,
        params=form.params,
        module=f"engine.summed.{key}",
        runs=form.runs,
        how_to_read=texts[0],
        caveats=texts[1],
        needs=form.needs,
        about=form.about,
    )


ROWS: tuple[Method, ...] = (
    _row(
        ("saliency", "Saliency", f"Size of the gradient at each pixel: how fast the score moves with it ({STEP}, from 0, unsigned)."),
        _Source(
            "Simonyan et al.: Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps",
            2013,
            "https://arxiv.org/abs/1312.6034",
        ),
        _Form(ColourParams),
        (
            (
                "The score is derived by each of the three colours of each pixel; the greatest of the three sizes is drawn.",
                "At a bright pixel the score is sensitive: a small change of the colour there moves it, up or down.",
                "Look for where bright pixels gather; single ones are noise more often than not.",
            ),
            ("The map has no sign: it does not say whether more light would raise or lower the score.", LOCAL, LOGIT),
        ),
    ),
    _row(
        (
            "gradient_x_input",
            "Gradient times input",
            "Gradient times the difference from the baseline, summed over the colours: what the pixel would add in a linear model "
            "(in logits, signed).",
        ),
        _Source(
            "Shrikumar et al.: Not Just a Black Box: Learning Important Features Through Propagating Activation Differences",
            2016,
            "https://arxiv.org/abs/1605.01713",
        ),
        _Form(InputParams, signed=True),
        (
            (
                "The gradient at the picture is multiplied by how far each pixel is from the baseline.",
                "A positive pixel speaks for the target, a negative one against it, if the gradient stayed the same on the way.",
                "A pixel that looks like the baseline gets nothing, however important it is: try another baseline.",
            ),
            (
                "The gradient does change on the way from the baseline; integrated gradients take that into account.",
                "The values depend on the baseline: with a black one, dark places hardly count.",
                LOGIT,
            ),
        ),
    ),
    _row(
        (
            "integrated_gradients",
            "Integrated gradients",
            "The gradient gathered on the way from the baseline to the picture: what each pixel adds to the score (in logits, signed).",
        ),
        _Source("Sundararajan, Taly and Yan: Axiomatic Attribution for Deep Networks", 2017, "https://arxiv.org/abs/1703.01365"),
        _Form(PathParams, runs=lambda params: params.steps + 1, signed=True),
        (
            (
                "The picture is faded in from the baseline in small steps, and the gradients on the way are added up.",
                "A positive pixel raised the score on the way, a negative one lowered it.",
                "All values together are the change of the score from the baseline to the picture; the gap to that is told beside the map.",
            ),
            (
                "The values depend on the baseline: a pixel that looks like it gets nothing, with a black one every black pixel.",
                "The pictures on the way are unlike those that the model was trained on.",
                LOGIT,
            ),
        ),
    ),
    _row(
        ("smoothgrad", "SmoothGrad", f"Size of the mean gradient over noisy copies of the picture ({STEP}, from 0, unsigned)."),
        _Source("Smilkov et al.: SmoothGrad: removing noise by adding noise", 2017, "https://arxiv.org/abs/1706.03825"),
        _Form(NoiseParams, runs=lambda params: params.samples),
        (
            (
                "Noise is added to the picture again and again; what the gradients of these pictures have in common stays.",
                "At a bright pixel the score is sensitive in the same direction on most of the noisy pictures.",
                "It is calmer than the plain gradient; the noise decides how coarse the details are.",
            ),
            (
                "The map is about noisy pictures, which the model may see differently; compare its answer with less noise.",
                "The map has no sign: it does not say whether more light would raise or lower the score.",
                LOCAL,
                LOGIT,
            ),
        ),
    ),
    _row(
        (
            "vargrad",
            "VarGrad",
            "Variance of the gradient over noisy copies of the picture (the square of what is measured in SmoothGrad, from 0, unsigned).",
        ),
        _Source(
            "Adebayo et al.: Sanity Checks for Saliency Maps",
            2018,
            "https://arxiv.org/abs/1810.03292",
        ),
        _Form(NoiseParams, runs=lambda params: params.samples),
        (
            (
                "Noise is added to the picture again and again; drawn is how much the gradients of these pictures differ.",
                "At a bright pixel the influence on the score depends on what is around it: edges and parts that work together.",
                "A dark pixel has the same influence on all noisy pictures, be it none or a steady one.",
            ),
            (
                "A pixel with a great but steady influence stays dark: look at SmoothGrad beside it.",
                "The variance is in squared units, so few strong pixels can hide the rest.",
                LOCAL,
                LOGIT,
            ),
        ),
    ),
    _row(
        (
            "guided_backprop",
            "Guided backpropagation",
            f"What comes back of the score when each ReLU lets only positive signals of active units pass ({STEP}, from 0, unsigned).",
        ),
        _Source("Springenberg et al.: Striving for Simplicity: The All Convolutional Net", 2014, "https://arxiv.org/abs/1412.6806"),
        _Form(ColourParams, needs=("relu",)),
        (
            (
                "The score is followed back through the network; at each ReLU what would lower it is dropped.",
                "Bright pixels are details that some active units respond to.",
                "It draws sharp outlines; take them for what the network sees, not for why it decides.",
            ),
            (BLIND, "It is no gradient of anything: values cannot be compared with those of saliency.", RELUS),
        ),
    ),
    _row(
        (
            "deconvnet",
            "Deconvnet",
            f"What comes back of the score when each ReLU lets all positive signals pass ({STEP}, from 0, unsigned).",
        ),
        _Source("Zeiler and Fergus: Visualizing and Understanding Convolutional Networks", 2013, "https://arxiv.org/abs/1311.2901"),
        _Form(ColourParams, needs=("relu",)),
        (
            (
                "The score is followed back through the network as if its layers were turned round; only positive signals go on.",
                "Bright pixels are where patterns would be drawn that raise the score.",
                "Only the places of the maxima in pooling layers tie the map to this picture: without them it would be the same for all.",
            ),
            (
                BLIND,
                "Units that are silent on this picture have a part in it, so it says little about it in networks without max pooling.",
                RELUS,
            ),
        ),
    ),
    _row(
        (
            "scorecam",
            "Score-CAM",
            "The layer's channels, each weighted by the score of the picture seen through it, summed, cut off at zero (from 0, unsigned).",
        ),
        _Source(
            "Wang et al.: Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks",
            2020,
            "https://arxiv.org/abs/1910.01279",
        ),
        _Form(ScoreCamParams, runs=lambda params: params.channels + 2, needs=("layer",), about="layer"),
        (
            (
                "Each channel of the layer is enlarged and laid over the picture as a mask; the model says what it sees through it.",
                "A channel counts with the probability that is left, less that of the picture with everything hidden.",
                "A bright cell is active in channels that show enough for the answer; no gradient is used.",
            ),
            (
                "The weights are not made to add up to 1 by a softmax over the channels, as the paper proposes: probabilities differ so "
                "little in its exponents that all channels would count nearly the same.",
                "Only the channels that vary most are used, unless the number asked for covers all of them.",
                "Pictures behind soft masks are unlike the ones the model was trained on; another fill can give another map.",
                "The map has the grid of its layer: a cell of a late layer stands for 16 or 32 pixels and has seen many more around them.",
            ),
        ),
    ),
)
