"""Table of the methods that are read off the summed pass. Light: libraries are imported when they run."""

from engine.summed.input_gradients import DECONVNET, GUIDED, PLAIN, gradient_size, gradient_times_input
from engine.summed.integrated_gradients import ALONG_PATH, integrated_gradients
from engine.summed.noisy_gradients import NOISY, smoothgrad, vargrad
from engine.summed.params import ColourParams, InputParams, NoiseParams, PathParams, ScoreCamParams
from engine.summed.plan import SummedMethod
from engine.summed.scorecam import MASKED, scorecam

LOGIT = (
    "The gradient is that of the logit, before softmax: what changes one class may change another "
    "even more. “Contrast with” shows that."
)
LOCAL = "A gradient tells what a small change of a pixel would do, not what hiding it would do."
RELUS = "Only ReLUs are modified; in networks with few of them, the map is nearly the plain gradient."
BLIND = (
    "It hardly changes when the network's weights are randomised (Adebayo et al. 2018, "
    "https://arxiv.org/abs/1810.03292). It shows edges of the image more than what the model makes "
    "of them."
)

ROWS = (
    SummedMethod(
        key="saliency",
        title="Saliency",
        measures="Magnitude of the gradient at each pixel (in logits per colour step of 1 of 255, "
        "from 0, unsigned).",
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
            (
                "The score is differentiated by the three colours of each pixel; the largest magnitude "
                "is drawn."
            ),
            ("At a bright pixel the score is sensitive: a small colour change there raises or lowers it."),
            "Look for clusters of bright pixels; single ones are mostly noise.",
        ),
        caveats=(
            (
                "The map has no sign: it does not tell whether a brighter pixel would raise or lower "
                "the score."
            ),
            LOCAL,
            LOGIT,
        ),
    ),
    SummedMethod(
        key="gradient_x_input",
        title="Gradient times input",
        measures=(
            "Gradient times the difference from the baseline, summed over the colours: the "
            "pixel's contribution in a linear model (in logits, signed)."
        ),
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
            "The gradient at the image is multiplied by how far each pixel is from the baseline.",
            (
                "A positive pixel counts for the target, a negative one against it, if the gradient is "
                "constant on the path."
            ),
            ("A pixel equal to the baseline gets nothing, however important it is: try another baseline."),
        ),
        caveats=(
            (
                "The gradient does change on the path from the baseline; integrated gradients account "
                "for that."
            ),
            "The values depend on the baseline: with a black one, dark places hardly count.",
            LOGIT,
        ),
    ),
    SummedMethod(
        key="integrated_gradients",
        title="Integrated gradients",
        measures=(
            "The gradient accumulated from the baseline to the image: the contribution of "
            "each pixel to the score (in logits, signed)."
        ),
        paper="Sundararajan, Taly and Yan: Axiomatic Attribution for Deep Networks",
        year=2017,
        url="https://arxiv.org/abs/1703.01365",
        signed=True,
        params=PathParams,
        source=ALONG_PATH,
        read=integrated_gradients,
        runs=lambda params: params.steps + 1,
        how_to_read=(
            (
                "The image fades in from the baseline in small steps, and the gradients on the path "
                "are summed."
            ),
            "A positive pixel raised the score on the path, a negative one lowered it.",
            (
                "The values sum to the change of the score from the baseline to the image; the gap is "
                "given beside the map."
            ),
        ),
        caveats=(
            "The values depend on the baseline: a pixel equal to it gets nothing.",
            "The images on the path are unlike those the model was trained on.",
            LOGIT,
        ),
    ),
    SummedMethod(
        key="smoothgrad",
        title="SmoothGrad",
        measures="Magnitude of the mean gradient of noisy copies (unit of saliency, from 0, unsigned).",
        paper="Smilkov et al.: SmoothGrad: removing noise by adding noise",
        year=2017,
        url="https://arxiv.org/abs/1706.03825",
        signed=False,
        params=NoiseParams,
        source=NOISY,
        read=smoothgrad,
        runs=lambda params: params.samples,
        how_to_read=(
            ("Noise is added to the image again and again; what the gradients of the copies share remains."),
            ("At a bright pixel the score is sensitive in the same direction on most of the noisy copies."),
            "It is smoother than the plain gradient; the noise sets the level of detail.",
        ),
        caveats=(
            (
                "The map is about noisy images, which the model may see differently; compare it with "
                "less noise."
            ),
            (
                "The map has no sign: it does not tell whether a brighter pixel would raise or lower "
                "the score."
            ),
            LOCAL,
            LOGIT,
        ),
    ),
    SummedMethod(
        key="vargrad",
        title="VarGrad",
        measures=(
            "Variance of the gradient over noisy copies of the image (unit of SmoothGrad "
            "squared, from 0, unsigned)."
        ),
        paper="Adebayo et al.: Sanity Checks for Saliency Maps",
        year=2018,
        url="https://arxiv.org/abs/1810.03292",
        signed=False,
        params=NoiseParams,
        source=NOISY,
        read=vargrad,
        runs=lambda params: params.samples,
        how_to_read=(
            (
                "Noise is added to the image again and again; the map shows how much the gradients of "
                "the copies differ."
            ),
            (
                "At a bright pixel the influence on the score depends on its surroundings: edges and "
                "parts that act together."
            ),
            "A dark pixel has the same influence on all noisy copies, be it none or a constant one.",
        ),
        caveats=(
            "A pixel with a large but constant influence stays dark: compare with SmoothGrad.",
            "The variance is in squared units, so a few strong pixels can hide the rest.",
            LOCAL,
            LOGIT,
        ),
    ),
    SummedMethod(
        key="guided_backprop",
        title="Guided backpropagation",
        measures="The score propagated back, with only positive signals through active ReLUs "
        "(unit of saliency, from 0, unsigned).",
        paper="Springenberg et al.: Striving for Simplicity: The All Convolutional Net",
        year=2014,
        url="https://arxiv.org/abs/1412.6806",
        signed=False,
        params=ColourParams,
        source=GUIDED,
        read=gradient_size,
        runs=lambda params: 1,
        how_to_read=(
            (
                "The score is traced back through the network; at each ReLU, signals that would lower "
                "it are dropped."
            ),
            "Bright pixels are details to which some active units respond.",
            "It draws sharp outlines: they show what the network sees, not why it decides.",
        ),
        caveats=(
            BLIND,
            "It is not a true gradient: its values cannot be compared with those of saliency.",
            RELUS,
        ),
        needs=("relu",),
    ),
    SummedMethod(
        key="deconvnet",
        title="Deconvnet",
        measures="The score propagated back, with all positive signals through each ReLU (unit of saliency, "
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
            (
                "The score is traced back through the network as if its layers were inverted; only "
                "positive signals pass."
            ),
            "Bright pixels are where patterns that raise the score would be drawn.",
            (
                "Only the positions of the maxima in pooling layers tie the map to this image. Without "
                "them it would be the same for all."
            ),
        ),
        caveats=(
            BLIND,
            (
                "Units that are inactive on this image contribute too, so without max pooling it tells "
                "little about the image."
            ),
            RELUS,
        ),
        needs=("relu",),
    ),
    SummedMethod(
        key="scorecam",
        title="Score-CAM",
        measures=(
            "Channels of the layer, weighted by the image's score seen through each, summed, "
            "cut off at zero (from 0, unsigned)."
        ),
        paper="Wang et al.: Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks",
        year=2020,
        url="https://arxiv.org/abs/1910.01279",
        signed=False,
        params=ScoreCamParams,
        source=MASKED,
        read=scorecam,
        runs=lambda params: params.channels + 2,
        how_to_read=(
            (
                "Each channel of the layer is enlarged and used as a mask on the image; the model is "
                "evaluated on the result."
            ),
            ("The weight of a channel is the remaining probability, minus that of the fully hidden image."),
            ("A bright cell is active in channels that show enough for the answer. No gradient is used."),
        ),
        caveats=(
            (
                "The weights are not normalised by a softmax, as the paper proposes: its exponents "
                "differ so little that all channels would count almost the same."
            ),
            ("Only the channels with the highest variance are used, unless the number covers all of them."),
            (
                "Images behind soft masks are unlike those the model was trained on; another fill can "
                "give another map."
            ),
            (
                "The map has the grid of its layer: a cell of a late layer covers 16 or 32 pixels and "
                "sees many more around them."
            ),
        ),
        needs=("layer",),
        family="layer",
    ),
)
