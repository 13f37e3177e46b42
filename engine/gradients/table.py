"""Table of the methods that are read off the gradient pass."""

from engine.gradients.cams import gradcam, gradcam_plus_plus, hirescam, layercam
from engine.gradients.plan import GradientMethod

RELU = (
    "Only positive evidence is drawn. The share removed is given beside the map; “against” shows "
    "what lowers the score."
)
LOGIT = (
    "The gradient is that of the logit, before softmax: what raises one class may raise another "
    "even more. “Contrast with” shows that."
)
GRID = (
    "The map has the grid of its layer: a cell of a late layer covers 16 or 32 pixels and sees "
    "many more around them."
)
LOCAL = "A gradient tells what a small change of the layer would do to the score, not what hiding would do."

ROWS = (
    GradientMethod(
        key="gradcam",
        title="Grad-CAM",
        measures=(
            "Channels of the layer, weighted by their mean gradient, summed and cut off at "
            "zero (in logits, from 0, unsigned)."
        ),
        paper="Selvaraju et al.: Grad-CAM: Visual Explanations from Deep Networks via Gradient-based "
        "Localization",
        year=2017,
        url="https://arxiv.org/abs/1610.02391",
        evidence=gradcam,
        how_to_read=(
            (
                "Each channel shows where its pattern occurs; its weight is how much it would raise "
                "the score on average."
            ),
            (
                "A bright cell contains patterns that raise the score; at zero there are none, or more "
                "that lower it."
            ),
            (
                "Compare layers by their raw maximum: a layer with a small one matters little, however "
                "bright it looks."
            ),
        ),
        caveats=(
            (
                "A channel has one weight for the whole image. A cell can be bright although changing "
                "it would not change the score."
            ),
            RELU,
            LOGIT,
            GRID,
            LOCAL,
        ),
    ),
    GradientMethod(
        key="gradcam++",
        title="Grad-CAM++",
        measures=(
            "Channels of the layer, weighted by their positive gradients, summed and cut off "
            "at zero (in logits, from 0, unsigned)."
        ),
        paper="Chattopadhay et al.: Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks",
        year=2018,
        url="https://arxiv.org/abs/1710.11063",
        evidence=gradcam_plus_plus,
        across_layers=False,
        how_to_read=(
            (
                "As in Grad-CAM, channels are weighted and summed, but only gradients that raise the "
                "score count: no weight is negative."
            ),
            (
                "Large gradients, and channels active in many cells, count less than in proportion. "
                "Small objects stand out, and so do several of one kind."
            ),
            (
                "Values are sums over the whole layer, far greater than those of Grad-CAM: compare "
                "cells of one layer, not layers."
            ),
        ),
        caveats=(
            (
                "Its weights are derived for piecewise linear networks under exp, with non-negative "
                "activations. Elsewhere they are a rule of thumb."
            ),
            (
                "A channel with a negative sum of activations is weighted as if the sum were zero: the "
                "paper's formula can diverge there."
            ),
            (
                "Channels that lower the score are not subtracted, so maps of two classes differ less "
                "than with Grad-CAM."
            ),
            RELU,
            LOGIT,
            GRID,
            LOCAL,
        ),
    ),
    GradientMethod(
        key="layercam",
        title="LayerCAM",
        measures=(
            "Activation of the layer times its positive gradient, summed over the channels "
            "(in logits, from 0, unsigned)."
        ),
        paper="Jiang et al.: LayerCAM: Exploring Hierarchical Class Activation Maps for Localization",
        year=2021,
        url="https://doi.org/10.1109/TIP.2021.3089943",
        evidence=layercam,
        how_to_read=(
            (
                "Each place of each channel has its own weight: how much more activation there would "
                "raise the score."
            ),
            (
                "A bright cell is active and would raise the score further. It also works in early "
                "layers, with fine detail."
            ),
            (
                "Compare layers by their raw maximum: a layer with a small one matters little, however "
                "bright it looks."
            ),
        ),
        caveats=(
            (
                "Gradients that lower the score are dropped place by place, so the values do not sum "
                "to the score."
            ),
            RELU,
            LOGIT,
            GRID,
            LOCAL,
        ),
    ),
    GradientMethod(
        key="hirescam",
        title="HiResCAM",
        measures=(
            "Activation of the layer times its gradient, summed over the channels, cut off at "
            "zero (in logits, from 0, unsigned)."
        ),
        paper="Draelos and Carin: Use HiResCAM instead of Grad-CAM for faithful explanations of "
        "convolutional neural networks",
        year=2020,
        url="https://arxiv.org/abs/2011.08891",
        evidence=hirescam,
        how_to_read=(
            (
                "Each place adds its activation times its gradient. Evidence for and against is "
                "balanced in each cell before drawing."
            ),
            "If only linear layers follow, a bright cell did raise the score, by exactly its value.",
            (
                "Compare layers by their raw maximum: a layer with a small one matters little, however "
                "bright it looks."
            ),
        ),
        caveats=(
            "If nonlinear layers follow, the values are a first approximation, and often patchy.",
            RELU,
            LOGIT,
            GRID,
            LOCAL,
        ),
    ),
)
