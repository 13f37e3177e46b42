"""Table of the methods that are read off the gradient pass."""

from engine.gradients.cams import gradcam, gradcam_plus_plus, hirescam, layercam
from engine.gradients.plan import GradientMethod

RELU = (
    'Only positive evidence is drawn. The share that was removed is given beside the map; "against" '
    "shows what lowers the score."
)
LOGIT = (
    "The gradient is that of the logit, before softmax: what raises a class may raise another even "
    'more; "A rather than B" shows that.'
)
GRID = (
    "The map has the grid of its layer: a cell of a late layer stands for 16 or 32 pixels and has "
    "seen many more around them."
)
LOCAL = (
    "A gradient says what a small change of the layer would do to the score, not what hiding the "
    "place would do."
)

ROWS = (
    GradientMethod(
        key="gradcam",
        title="Grad-CAM",
        measures="The layer's channels, each weighted by the mean of its gradient, summed and cut off at "
        "zero (in logits, from 0, "
        "unsigned).",
        paper="Selvaraju et al.: Grad-CAM: Visual Explanations from Deep Networks via Gradient-based "
        "Localization",
        year=2017,
        url="https://arxiv.org/abs/1610.02391",
        evidence=gradcam,
        how_to_read=(
            "Each channel of the layer shows where it found its pattern; it counts as much as it "
            "would raise the score, on average.",
            "A bright cell holds patterns that raise the score; a cell at zero holds none, or "
            "more of those that lower it.",
            "Compare layers by their raw maximum: a layer with a small one has little to say, "
            "however bright it is drawn.",
        ),
        caveats=(
            "A channel has one weight for the whole picture, so a cell can be bright although a "
            "change there would not move the score.",
            RELU,
            LOGIT,
            GRID,
            LOCAL,
        ),
    ),
    GradientMethod(
        key="gradcam++",
        title="Grad-CAM++",
        measures="The layer's channels, each weighted by its positive gradients, summed and cut off at "
        "zero (in logits, from 0, unsigned).",
        paper="Chattopadhay et al.: Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks",
        year=2018,
        url="https://arxiv.org/abs/1710.11063",
        evidence=gradcam_plus_plus,
        across_layers=False,
        how_to_read=(
            "As in Grad-CAM the channels of the layer are weighted and summed, but only gradients that "
            "raise the score make a weight, so no weight is negative.",
            "Large gradients count for less than in proportion, as do those of a channel that is active in "
            "many cells: small things are not drowned by large ones, and several of one kind show up.",
            "Values are sums over the whole layer, so they are far greater than those of Grad-CAM: compare "
            "the cells of one layer rather than layers.",
        ),
        caveats=(
            "Its weights are derived for networks made of linear pieces under exp, with activations from "
            "zero on; elsewhere they are a rule of thumb.",
            "A channel whose activations sum to less than zero is weighted as if they summed to zero, "
            "since the paper's formula can become infinite there.",
            "Channels that lower the score are not subtracted, so maps of two classes differ less than "
            "those of Grad-CAM.",
            RELU,
            LOGIT,
            GRID,
            LOCAL,
        ),
    ),
    GradientMethod(
        key="layercam",
        title="LayerCAM",
        measures="The layer's activation times its gradient where that is positive, summed over the "
        "channels (in logits, from 0, "
        "unsigned).",
        paper="Jiang et al.: LayerCAM: Exploring Hierarchical Class Activation Maps for Localization",
        year=2021,
        url="https://doi.org/10.1109/TIP.2021.3089943",
        evidence=layercam,
        how_to_read=(
            "Each place of each channel has a weight of its own: how much more of it would raise the score.",
            "A bright cell is active and would raise the score further; this works in early "
            "layers too, where it shows fine details.",
            "Compare layers by their raw maximum: a layer with a small one has little to say, "
            "however bright it is drawn.",
        ),
        caveats=(
            "Gradients that lower the score are left out place by place, so the values do not "
            "add up to the score.",
            RELU,
            LOGIT,
            GRID,
            LOCAL,
        ),
    ),
    GradientMethod(
        key="hirescam",
        title="HiResCAM",
        measures="The layer's activation times its gradient, summed over the channels and cut off at zero "
        "(in logits, from 0, unsigned).",
        paper="Draelos and Carin: Use HiResCAM instead of Grad-CAM for faithful explanations of "
        "convolutional neural networks",
        year=2020,
        url="https://arxiv.org/abs/2011.08891",
        evidence=hirescam,
        how_to_read=(
            "Each place adds its activation times its gradient; for and against are weighed up "
            "in each cell before it is drawn.",
            "Where only linear layers follow, a bright cell did raise the score, and by as much "
            "as its value says.",
            "Compare layers by their raw maximum: a layer with a small one has little to say, "
            "however bright it is drawn.",
        ),
        caveats=(
            "In layers that are followed by further nonlinear ones the values are a first "
            "approximation, and often patchy.",
            RELU,
            LOGIT,
            GRID,
            LOCAL,
        ),
    ),
)
