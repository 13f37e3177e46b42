"""Table of the methods that are read off the summed pass. Light: libraries are imported when they run."""

from engine.summed.input_gradients import DECONVNET, GUIDED, PLAIN, gradient_size, gradient_times_input
from engine.summed.integrated_gradients import ALONG_PATH, integrated_gradients
from engine.summed.noisy_gradients import NOISY, smoothgrad, vargrad
from engine.summed.params import ColourParams, InputParams, NoiseParams, PathParams, ScoreCamParams
from engine.summed.plan import SummedMethod
from engine.summed.scorecam import MASKED, scorecam

STEP = "in logits for a step of 1 of 255 in a colour"
LOGIT = (
    "The gradient is that of the logit, before softmax: what moves a class may move another even "
    'more; "A rather than B" shows that.'
)
LOCAL = "A gradient says what a small change of a pixel would do, not what hiding it would do."
RELUS = (
    "Only ReLUs are treated in another way; in networks with few of them among other activations the "
    "map is nearly the plain gradient."
)
BLIND = (
    "It hardly reacts when the weights of the network are replaced by random ones (Adebayo et al. 2018, "
    "https://arxiv.org/abs/1810.03292): it shows edges of the picture more than what the model makes of them."
)

ROWS = (
    SummedMethod(
        key="saliency",
        title="Saliency",
        measures=f"Size of the gradient at each pixel: how fast the score moves with it ({STEP}, from 0, "
        "unsigned).",
        paper="Simonyan et al.: Deep Inside Convolutional Networks: Visualising Image Classification "
        "Models and Saliency Maps",
        year=2013,
        url="https://arxiv.org/abs/1312.6034",
        signed=False,
        params=ColourParams,
        source=PLAIN,
        read=gradient_size,
        runs=lambda params: 1,
        how_to_read=(
            "The score is derived by each of the three colours of each pixel; the greatest of "
            "the three sizes is drawn.",
            "At a bright pixel the score is sensitive: a small change of the colour there moves "
            "it, up or down.",
            "Look for where bright pixels gather; single ones are noise more often than not.",
        ),
        caveats=(
            "The map has no sign: it does not say whether more light would raise or lower the score.",
            LOCAL,
            LOGIT,
        ),
    ),
    SummedMethod(
        key="gradient_x_input",
        title="Gradient times input",
        measures="Gradient times the difference from the baseline, summed over the colours: what the "
        "pixel would add in a linear model "
        "(in logits, signed).",
        paper="Shrikumar et al.: Not Just a Black Box: Learning Important Features Through Propagating "
        "Activation Differences",
        year=2016,
        url="https://arxiv.org/abs/1605.01713",
        signed=True,
        params=InputParams,
        source=PLAIN,
        read=gradient_times_input,
        runs=lambda params: 1,
        how_to_read=(
            "The gradient at the picture is multiplied by how far each pixel is from the baseline.",
            "A positive pixel speaks for the target, a negative one against it, if the gradient "
            "stayed the same on the way.",
            "A pixel that looks like the baseline gets nothing, however important it is: try "
            "another baseline.",
        ),
        caveats=(
            "The gradient does change on the way from the baseline; integrated gradients take "
            "that into account.",
            "The values depend on the baseline: with a black one, dark places hardly count.",
            LOGIT,
        ),
    ),
    SummedMethod(
        key="integrated_gradients",
        title="Integrated gradients",
        measures="The gradient gathered on the way from the baseline to the picture: what each pixel adds "
        "to the score (in logits, "
        "signed).",
        paper="Sundararajan, Taly and Yan: Axiomatic Attribution for Deep Networks",
        year=2017,
        url="https://arxiv.org/abs/1703.01365",
        signed=True,
        params=PathParams,
        source=ALONG_PATH,
        read=integrated_gradients,
        runs=lambda params: params.steps + 1,
        how_to_read=(
            "The picture is faded in from the baseline in small steps, and the gradients on the "
            "way are added up.",
            "A positive pixel raised the score on the way, a negative one lowered it.",
            "All values together are the change of the score from the baseline to the picture; "
            "the gap to that is told beside the map.",
        ),
        caveats=(
            "The values depend on the baseline: a pixel that looks like it gets nothing, with a "
            "black one every black pixel.",
            "The pictures on the way are unlike those that the model was trained on.",
            LOGIT,
        ),
    ),
    SummedMethod(
        key="smoothgrad",
        title="SmoothGrad",
        measures=f"Size of the mean gradient over noisy copies of the picture ({STEP}, from 0, unsigned).",
        paper="Smilkov et al.: SmoothGrad: removing noise by adding noise",
        year=2017,
        url="https://arxiv.org/abs/1706.03825",
        signed=False,
        params=NoiseParams,
        source=NOISY,
        read=smoothgrad,
        runs=lambda params: params.samples,
        how_to_read=(
            "Noise is added to the picture again and again; what the gradients of these pictures "
            "have in common stays.",
            "At a bright pixel the score is sensitive in the same direction on most of the noisy pictures.",
            "It is calmer than the plain gradient; the noise decides how coarse the details are.",
        ),
        caveats=(
            "The map is about noisy pictures, which the model may see differently; compare its "
            "answer with less noise.",
            "The map has no sign: it does not say whether more light would raise or lower the score.",
            LOCAL,
            LOGIT,
        ),
    ),
    SummedMethod(
        key="vargrad",
        title="VarGrad",
        measures="Variance of the gradient over noisy copies of the picture (the square of what is "
        "measured in SmoothGrad, from 0, "
        "unsigned).",
        paper="Adebayo et al.: Sanity Checks for Saliency Maps",
        year=2018,
        url="https://arxiv.org/abs/1810.03292",
        signed=False,
        params=NoiseParams,
        source=NOISY,
        read=vargrad,
        runs=lambda params: params.samples,
        how_to_read=(
            "Noise is added to the picture again and again; drawn is how much the gradients of "
            "these pictures differ.",
            "At a bright pixel the influence on the score depends on what is around it: edges "
            "and parts that work together.",
            "A dark pixel has the same influence on all noisy pictures, be it none or a steady one.",
        ),
        caveats=(
            "A pixel with a great but steady influence stays dark: look at SmoothGrad beside it.",
            "The variance is in squared units, so few strong pixels can hide the rest.",
            LOCAL,
            LOGIT,
        ),
    ),
    SummedMethod(
        key="guided_backprop",
        title="Guided backpropagation",
        measures="What comes back of the score when each ReLU lets only positive signals of active units "
        f"pass ({STEP}, from 0, unsigned).",
        paper="Springenberg et al.: Striving for Simplicity: The All Convolutional Net",
        year=2014,
        url="https://arxiv.org/abs/1412.6806",
        signed=False,
        params=ColourParams,
        source=GUIDED,
        read=gradient_size,
        runs=lambda params: 1,
        how_to_read=(
            "The score is followed back through the network; at each ReLU what would lower it is dropped.",
            "Bright pixels are details that some active units respond to.",
            "It draws sharp outlines; take them for what the network sees, not for why it decides.",
        ),
        caveats=(
            BLIND,
            "It is no gradient of anything: values cannot be compared with those of saliency.",
            RELUS,
        ),
        needs=("relu",),
    ),
    SummedMethod(
        key="deconvnet",
        title="Deconvnet",
        measures=f"What comes back of the score when each ReLU lets all positive signals pass ({STEP}, "
        "from 0, unsigned).",
        paper="Zeiler and Fergus: Visualizing and Understanding Convolutional Networks",
        year=2013,
        url="https://arxiv.org/abs/1311.2901",
        signed=False,
        params=ColourParams,
        source=DECONVNET,
        read=gradient_size,
        runs=lambda params: 1,
        how_to_read=(
            "The score is followed back through the network as if its layers were turned round; "
            "only positive signals go on.",
            "Bright pixels are where patterns would be drawn that raise the score.",
            "Only the places of the maxima in pooling layers tie the map to this picture: "
            "without them it would be the same for all.",
        ),
        caveats=(
            BLIND,
            "Units that are silent on this picture have a part in it, so it says little about it "
            "in networks without max pooling.",
            RELUS,
        ),
        needs=("relu",),
    ),
    SummedMethod(
        key="scorecam",
        title="Score-CAM",
        measures="The layer's channels, each weighted by the score of the picture seen through it, "
        "summed, cut off at zero (from 0, "
        "unsigned).",
        paper="Wang et al.: Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks",
        year=2020,
        url="https://arxiv.org/abs/1910.01279",
        signed=False,
        params=ScoreCamParams,
        source=MASKED,
        read=scorecam,
        runs=lambda params: params.channels + 2,
        how_to_read=(
            "Each channel of the layer is enlarged and laid over the picture as a mask; the "
            "model says what it sees through it.",
            "A channel counts with the probability that is left, less that of the picture with "
            "everything hidden.",
            "A bright cell is active in channels that show enough for the answer; no gradient is used.",
        ),
        caveats=(
            "The weights are not made to add up to 1 by a softmax over the channels, as the "
            "paper proposes: probabilities differ so "
            "little in its exponents that all channels would count nearly the same.",
            "Only the channels that vary most are used, unless the number asked for covers all of them.",
            "Pictures behind soft masks are unlike the ones the model was trained on; another "
            "fill can give another map.",
            "The map has the grid of its layer: a cell of a late layer stands for 16 or 32 "
            "pixels and has seen many more around them.",
        ),
        needs=("layer",),
        family="layer",
    ),
)
