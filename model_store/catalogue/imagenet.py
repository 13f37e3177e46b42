"""Classifiers of keras.applications, with the weights that Keras publishes for the 1,000 classes of ImageNet.

Addresses, digests and presets are those in the source of the Keras that is installed; a test compares them.
"""

from dataclasses import dataclass

from engine.phrase import Phrase
from model_store.base.entries import Entry, FixedSize, WebFile
from model_store.base.scaling import Preset
from model_store.base.target_layers import TargetLayerChoice
from model_store.own.class_names import IMAGENET_INDEX

CLASSES = 1000
NEUTRAL = (128, 128, 128)
"""Colour of every class: nobody can tell a thousand apart, and no map is painted by class."""

_STORE = "https://storage.googleapis.com/tensorflow/keras-applications/"
_INDEX = WebFile(
    f"https://storage.googleapis.com/download.tensorflow.org/data/{IMAGENET_INDEX}",
    "c2c37ea517e94d9795004a39431a14cb",
)
_DESCRIPTION = "Images of single objects, in {classes:,} classes, {size} MB; it sees images {policy}."
_IMAGENET = "trained on ImageNet, whose images are for research, non-commercial"

MIXED = TargetLayerChoice(tuple(f"mixed{number}" for number in range(11)), "mixed10")
"""Layers of InceptionV3, and of networks that are built like it."""


def vgg_target_layers(*convolutions: int) -> TargetLayerChoice:
    """The last convolution of each block of a VGG, for the number of convolutions in each."""
    names = tuple(f"block{block}_conv{number}" for block, number in enumerate(convolutions, 1))
    return TargetLayerChoice(names, names[-1])


VGG16_TARGET_LAYERS = vgg_target_layers(2, 2, 3, 3, 3)


@dataclass(frozen=True)
class _Application:
    """A network of keras.applications.

    Attributes:
        name: of the function that makes it.
        weights: where its weights are, below ``_STORE``, or a whole address; and their digest, if Keras has
            one.
        megabytes: size of the weights.
        side: of the picture, in pixels.
        preset: how colours are scaled before it.
        target_layers: which of its layers are worth looking at.
        licence: of the weights.
    """

    name: str
    weights: tuple[str, str]
    megabytes: int
    side: int
    preset: Preset
    target_layers: TargetLayerChoice
    licence: str

    def entry(self) -> Entry:
        """Its line of the catalogue."""
        path, digest = self.weights
        weights = WebFile(path if "://" in path else _STORE + path, digest)
        policy = FixedSize(self.side, self.side)
        return Entry(
            key=f"{self.name.lower()}-imagenet",
            title=f"{self.name}, ImageNet",
            description=Phrase(_DESCRIPTION, classes=CLASSES, size=self.megabytes, policy=policy.text),
            task="classification",
            loader="keras-application",
            labels=(),
            colours=(NEUTRAL,) * CLASSES,
            policy=policy,
            licence=Phrase("{licence}; {pictures}", licence=self.licence, pictures=Phrase(_IMAGENET)),
            size_mb=self.megabytes,
            settings_files=(IMAGENET_INDEX,),
            weight_files=(weights.name,),
            web_files=(weights, _INDEX),
            application=self.name,
            preset=self.preset,
            target_layers=self.target_layers,
            subject="object",
        )


_ENDING = "_weights_tf_dim_ordering_tf_kernels.h5"

_APPLICATIONS = (
    _Application(
        name="VGG16",
        weights=(f"vgg16/vgg16{_ENDING}", "64373286793e3c8b2b4e3219cbf3544b"),
        megabytes=528,
        side=224,
        preset="caffe",
        target_layers=VGG16_TARGET_LAYERS,
        licence="CC BY 4.0, Visual Geometry Group, Oxford",
    ),
    _Application(
        name="VGG19",
        weights=(f"vgg19/vgg19{_ENDING}", "cbe5617147190e668d6c5d5026f83318"),
        megabytes=549,
        side=224,
        preset="caffe",
        target_layers=vgg_target_layers(2, 2, 4, 4, 4),
        licence="CC BY 4.0, Visual Geometry Group, Oxford",
    ),
    _Application(
        name="InceptionV3",
        weights=(f"inception_v3/inception_v3{_ENDING}", "9a0d58056eeedaa3f26cb7ebd46da564"),
        megabytes=92,
        side=299,
        preset="signed",
        target_layers=MIXED,
        licence="Apache-2.0",
    ),
    _Application(
        name="ResNet50",
        weights=(f"resnet/resnet50{_ENDING}", "2cb95161c43110f7111970584f804107"),
        megabytes=98,
        side=224,
        preset="caffe",
        target_layers=TargetLayerChoice(
            ("conv1_relu", "conv2_block3_out", "conv3_block4_out", "conv4_block6_out", "conv5_block3_out"),
            "conv5_block3_out",
        ),
        licence="MIT, Kaiming He",
    ),
    _Application(
        name="Xception",
        weights=(f"xception/xception{_ENDING}", "0a58e3b7378bc2990ea3b43d5981f1f6"),
        megabytes=88,
        side=299,
        preset="signed",
        target_layers=TargetLayerChoice(  # the first activation of a block is the output of the one before
            (
                "block1_conv2_act",
                *(f"block{block}_sepconv1_act" for block in (3, 4, 7, 10, 13, 14)),
                "block14_sepconv2_act",
            ),
            "block14_sepconv2_act",
        ),
        licence="MIT",
    ),
    _Application(
        name="MobileNetV2",
        weights=("mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5", ""),
        megabytes=14,
        side=224,
        preset="signed",
        target_layers=TargetLayerChoice(
            ("expanded_conv_project_BN", *(f"block_{block}_add" for block in (2, 5, 9, 12, 15)), "out_relu"),
            "out_relu",
        ),
        licence="Apache-2.0",
    ),
    _Application(
        name="DenseNet121",
        weights=(f"densenet/densenet121{_ENDING}", "9d60b8095a5708f2dcce2bca79d332c7"),
        megabytes=33,
        side=224,
        preset="torch",
        target_layers=TargetLayerChoice(
            ("conv1_relu", "pool2_relu", "pool3_relu", "pool4_relu", "relu"), "relu"
        ),
        licence="BSD-3-Clause",
    ),
    _Application(
        name="EfficientNetB0",
        weights=(
            "https://storage.googleapis.com/keras-applications/efficientnetb0.h5",
            "902e53a9f72be733fc0bcb005b3ebbac",
        ),
        megabytes=21,
        side=224,
        preset="raw",
        target_layers=TargetLayerChoice(
            (
                "block1a_project_bn",
                "block2b_add",
                "block3b_add",
                "block4c_add",
                "block5c_add",
                "block6d_add",
                "top_activation",
            ),
            "top_activation",
        ),
        licence="Apache-2.0",
    ),
    _Application(
        name="EfficientNetV2B0",
        weights=("efficientnet_v2/efficientnetv2-b0.h5", "21ecbf6da12460d5c40bb2f29ceb2188"),
        megabytes=29,
        side=224,
        preset="raw",
        target_layers=TargetLayerChoice(
            (
                "block1a_project_activation",
                "block2b_add",
                "block3b_add",
                "block4c_add",
                "block5e_add",
                "block6h_add",
                "top_activation",
            ),
            "top_activation",
        ),
        licence="Apache-2.0",
    ),
    _Application(
        name="ConvNeXtTiny",
        weights=(
            "convnext/convnext_tiny.h5",
            "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
        ),
        megabytes=109,
        side=224,
        preset="raw",
        target_layers=TargetLayerChoice(
            ("add_2", "add_5", "add_14", "add_17"), "add_17"
        ),  # the ends of the four stages
        licence="MIT, Meta",
    ),
)

IMAGENET_ENTRIES = tuple(application.entry() for application in _APPLICATIONS)
