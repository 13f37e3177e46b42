"""THE table of metrics that grade a map."""

from engine.errors import ParamsError
from engine.perturbation.plan import IMPUTED
from engine.trust import readings
from engine.trust.metric import SHARES, Metric, Source

FILL = "Hidden cells show the fill, which the model may not know; another fill can give another value."
ORDER = "It looks at the order of the cells alone, not at how large their values are."
WHERE = "A model may well look outside the zone: a low value is no proof against the map."
FEW = "It describes the map; it cannot tell whether the map is true."

RISE = Source(
    paper="Petsiuk, Das and Saenko: RISE: Randomized Input Sampling for Explanation of Black-box Models",
    year=2018,
    url="https://arxiv.org/abs/1806.07421",
)
GRADCAM_PLUS_PLUS = Source(
    paper="Chattopadhyay et al.: Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks",
    year=2018,
    url="https://arxiv.org/abs/1710.11063",
)
COMPLEXITY = Source(
    paper="Bhatt, Weller and Moura: Evaluating and Aggregating Feature-based Model Explanations",
    year=2020,
    url="https://arxiv.org/abs/2005.00631",
)
ENERGY = Source(
    paper="Wang et al.: Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks",
    year=2020,
    url="https://arxiv.org/abs/1910.01279",
)

ROWS = (
    Metric(
        key="deletion",
        title="Deletion",
        measures="Mean score while cells are hidden, the strongest of the map first (in the score's unit).",
        better="lower",
        source=RISE,
        caveats=(FILL, ORDER),
        read=readings.deletion,
        perfect=readings.at_once_gone,
        place=0,
    ),
    Metric(
        key="insertion",
        title="Insertion",
        measures="Mean score while cells are shown, the strongest of the map first (in the score's unit).",
        better="higher",
        source=RISE,
        caveats=(FILL, ORDER),
        read=readings.insertion,
        perfect=readings.at_once_there,
        place=1,
    ),
    Metric(
        key="aopc",
        title="AOPC",
        measures="Mean drop of the score over the steps of deletion (in the score's unit).",
        better="higher",
        source=Source(
            paper="Samek et al.: Evaluating the Visualization of What a Deep Neural Network Has Learned",
            year=2017,
            url="https://arxiv.org/abs/1509.06321",
        ),
        caveats=(FILL, ORDER),
        read=readings.aopc,
    ),
    Metric(
        key="mufidelity",
        title="MuFidelity",
        measures=(
            "Rank correlation of the score's drop with the sum of the map over what is hidden (-1 to 1). "
            "A random fifth of the image is hidden, 200 times."
        ),
        better="higher",
        source=COMPLEXITY,
        caveats=(
            FILL,
            "It hides a fifth of the image at a time; other shares can rank maps differently.",
        ),
        read=readings.mufidelity,
    ),
    Metric(
        key="road",
        title="ROAD",
        measures=(
            "Half the mean difference between two scores: the weakest cells hidden, and as many of the "
            "strongest (in the score's unit)."
        ),
        better="higher",
        source=Source(
            paper="Rong et al.: A Consistent and Efficient Evaluation Strategy for Attribution Methods",
            year=2022,
            url="https://arxiv.org/abs/2202.00449",
        ),
        caveats=("Hidden cells are guessed from their surroundings, so a smooth object can survive.", ORDER),
        read=readings.road,
        fills=(IMPUTED,),
    ),
    Metric(
        key="average-drop",
        title="Average drop",
        measures="Share of the probability that is lost when the image is seen through the map (0 to 1).",
        better="lower",
        source=GRADCAM_PLUS_PLUS,
        caveats=(
            FILL,
            "A map that shows nearly everything loses nearly nothing: look at its concentration.",
        ),
        read=readings.average_drop,
        targets=SHARES,
        spaces=("probability",),
    ),
    Metric(
        key="average-gain",
        title="Average gain",
        measures=(
            "The image is seen through the map: share of what was missing to probability 1 that is "
            "gained (0 to 1)."
        ),
        better="higher",
        source=Source(
            paper="Zhang, Rao and Yang: Opti-CAM: Optimizing Saliency Maps for Interpretability",
            year=2023,
            url="https://arxiv.org/abs/2301.07002",
        ),
        caveats=(FILL, "The image seen through a map is unlike those the model was trained on."),
        read=readings.average_gain,
        targets=SHARES,
        spaces=("probability",),
    ),
    Metric(
        key="entropy",
        title="Complexity",
        measures="Entropy of the absolute values over its greatest possible (0: one cell, 1: all alike).",
        better="",
        source=COMPLEXITY,
        caveats=(FEW,),
        read=readings.entropy,
    ),
    Metric(
        key="concentration",
        title="Concentration",
        measures="Share of the cells that hold 90 % of the absolute values (0 to 1).",
        better="",
        source=Source(
            paper="Chalasani et al.: Concise Explanations of Neural Networks using Adversarial Training",
            year=2020,
            url="https://arxiv.org/abs/1810.06583",
        ),
        caveats=(FEW,),
        read=readings.concentration,
    ),
    Metric(
        key="pointing",
        title="Pointing game",
        measures="Share of the strongest cell that lies in the zone (0 to 1).",
        better="higher",
        source=Source(
            paper="Zhang et al.: Top-down Neural Attention by Excitation Backprop",
            year=2016,
            url="https://arxiv.org/abs/1608.00507",
        ),
        caveats=(WHERE,),
        read=readings.pointing,
        zones=True,
    ),
    Metric(
        key="mass-inside",
        title="Values inside",
        measures="Share of the positive values in the zone, over the zone's share of the image (1: chance).",
        better="higher",
        source=ENERGY,
        caveats=(WHERE,),
        read=readings.mass_inside,
        zones=True,
    ),
    Metric(
        key="top-inside",
        title="Top inside",
        measures=(
            "Share of the strongest tenth of the cells in the zone, over the zone's share of the image "
            "(1: by chance)."
        ),
        better="higher",
        source=Source(
            paper="Arras, Osman and Samek: CLEVR-XAI: A Benchmark Dataset for the Ground Truth Evaluation of "
            "Neural Network Explanations",
            year=2022,
            url="https://arxiv.org/abs/2003.07258",
        ),
        caveats=(WHERE,),
        read=readings.top_inside,
        zones=True,
    ),
)

METRICS: dict[str, Metric] = {metric.key: metric for metric in ROWS}


def get_metric(key: str) -> Metric:
    """The metric of a key.

    Raises:
        ParamsError: there is none.

    Example:
        >>> get_metric("deletion").better
        'lower'
    """
    if key not in METRICS:
        raise ParamsError("There is no metric {key!r}; there are {known}.", key=key, known=", ".join(METRICS))
    return METRICS[key]
