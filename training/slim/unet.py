"""Narrower copies of a trained U-Net: channels between two convolutions are left out where the second one
can do without them.

What is lost is learnt back by a short training (`kind = "keras"`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Floats, Pixels, Reals
from training.common.config import ConfigError
from training.segment.config import Config
from training.segment.measure import resized, run_size
from training.segment.sources import all_labelled, read_pixels
from training.slim.channels import fewer_inputs, variance_lost

PLACES = 160
"""Of each picture, at each layer."""


@dataclass(frozen=True)
class Joint:
    """Channels that may be left out.

    Attributes:
        makers: convolutions that make the channels, one for each, or keep them apart.
        shown: the layer whose output has them, in front of the user.
        user: the convolution of stride 1 that takes them.
        keep: how many stay.
    """

    makers: tuple[str, ...]
    shown: str
    user: str
    keep: int


def deciding_pictures(config: Config, data: Path) -> list[Pixels]:
    """Training pictures that decide, RGB 0-255 at the size at which they are run: so many of each source as
    `[slim]` says, evenly spread.
    """
    samples = all_labelled(config, data, ["train"])
    chosen = []
    for source, count in config.slim.pictures.items():
        own = [sample for sample in samples if sample.source.name == source]
        chosen += own[:: max(1, len(own) // count)][:count]
    pictures = [read_pixels(sample) for sample in chosen]
    return [resized(pixels, run_size(pixels.shape[:2])) for pixels in pictures]


def joints_of(model: Any, widths: Mapping[str, int]) -> list[Joint]:
    """Joints of a U-Net on EfficientNet-Lite by what is narrowed, from output to input.

    Args:
        model: the network without normalisation.
        widths: channels that stay, inside an encoder's block (`block2a`), of the last layer (`dec2_out`), or
            where the last two levels meet (`dec2_join`).

    Raises:
        ConfigError: there is no such place.
    """
    known = {
        "dec2_out": (("dec2_refine_conv",), "dec2_out", "logits"),
        "dec2_join": (("dec3_refine_conv", "dec2_skip_conv"), "dec2_join", "dec2_refine_conv"),
    }
    names = {layer.name for layer in model.layers}
    for name in sorted(name.removesuffix("_expand_conv") for name in names if name.endswith("_expand_conv")):
        makers = (f"{name}_expand_conv", f"{name}_depthwise_conv")
        known[name] = (makers, f"{name}_depthwise_relu", f"{name}_project")
    if unknown := [name for name in widths if name not in known]:
        raise ConfigError(f"[slim] widths has no place {unknown[0]!r}; it may have {', '.join(known)}.")
    return [Joint(*known[name], keep) for name, keep in widths.items()]


def _patches(maps: Floats, places_rc: Any, size: int) -> Reals:
    """What a convolution sees of maps (H, W, C) at places (N, 2): (N, size * size, C), zeros outside."""
    reach = size // 2
    padded = np.pad(maps, ((reach, reach), (reach, reach), (0, 0)))
    rows, columns = places_rc.T
    seen = [padded[rows + down, columns + right] for down in range(size) for right in range(size)]
    return np.stack(seen, 1).astype(np.float64)


def seen_by(
    model: Any, joints: Iterable[Joint], pictures: Iterable[Pixels]
) -> dict[str, tuple[Reals, Reals]]:
    """Inputs (N, k, C) and outputs (N, M) of the user of each joint at some places of pictures (H, W, 3)."""
    import keras
    import tensorflow as tf

    users = {joint.user: (joint.shown, model.get_layer(joint.user)) for joint in joints}
    wanted = [(model.get_layer(shown).output, layer.output) for shown, layer in users.values()]
    outputs = tf.function(keras.Model(model.input, wanted))
    rng = np.random.default_rng(0)
    found: dict[str, list[tuple[Reals, Reals]]] = {user: [] for user in users}
    for pixels in pictures:
        answers = outputs(tf.constant(pixels[None], tf.float32))
        for (user, (_, layer)), (shown, answer) in zip(users.items(), answers, strict=True):
            places = rng.integers(answer.shape[1:3], size=(PLACES, 2))
            inputs = _patches(shown[0].numpy(), places, layer.kernel_size[0])
            found[user].append((inputs, answer[0].numpy()[tuple(places.T)].astype(np.float64)))
    return {
        user: (np.concatenate([one[0] for one in parts]), np.concatenate([one[1] for one in parts]))
        for user, parts in found.items()
    }


def slim(
    model: Any, widths: Mapping[str, int], pictures: Iterable[Pixels], say: Callable[[str], None] = print
) -> Any:
    """The network with fewer channels.

    Args:
        model: a U-Net without normalisation.
        widths: as `joints_of` takes them.
        pictures: RGB 0-255 (H, W, 3), sides multiples of 32.
        say: hears of each joint.
    """
    joints = joints_of(model, widths)
    seen = seen_by(model, joints, pictures)
    weights = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    kept: dict[str, list[int]] = {}
    for joint in joints:
        inputs, outputs = seen[joint.user]
        outputs = outputs[:, kept.get(joint.user, range(outputs.shape[1]))]
        left, fitted = fewer_inputs(inputs, outputs, joint.keep)
        error = variance_lost(inputs[:, :, left], outputs, fitted)
        say(f"{joint.shown}: {joint.keep} of {inputs.shape[2]} channels, {error:.1%} of the variance lost")
        size = weights[joint.user][0].shape[:2]
        weights[joint.user] = [fitted[:-1].reshape(*size, joint.keep, -1), fitted[-1]]
        for maker in joint.makers:
            kept[maker] = left
            weights[maker] = _cut(weights[maker], left, "depthwise" in maker)
    return _narrowed(model, weights)


def _cut(weights: list[Any], left: list[int], depthwise: bool) -> list[Any]:
    """Kernel and bias of a convolution that makes these channels alone."""
    kernel, bias = weights
    return [kernel[:, :, left] if depthwise else kernel[..., left], bias[left]]


def _narrowed(model: Any, weights: Mapping[str, list[Any]]) -> Any:
    """The same layers with other weights."""
    import keras

    def copy(layer: Any) -> Any:
        facts = layer.get_config()
        if "filters" in facts:
            facts["filters"] = weights[layer.name][0].shape[-1]
        return type(layer).from_config(facts)

    narrow = keras.models.clone_model(model, clone_function=copy)
    for layer in narrow.layers:
        if layer.weights:
            layer.set_weights(weights[layer.name])
    return narrow
