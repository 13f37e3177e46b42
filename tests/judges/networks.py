"""Stored networks built by Keras, saved, and read as models of one's own are."""

from pathlib import Path

from engine.model import LoadedModel, ModelFacts
from model_store.base import runtime
from model_store.base.entries import FixedSize
from model_store.loading.own import ReadOptions, read_network
from model_store.network.traced_model import TracedModel
from model_store.own.model import Preprocessing
from tests.judges.stored import Case


def judged_model(case: Case, folder: Path) -> LoadedModel:
    """The network of a case, by way of a file in a folder."""
    path = folder / "model.keras"
    keras_model(case).save(path)
    network = read_network(path, ReadOptions("keras", Preprocessing()))
    classes = case.about["classes"]
    labels = tuple(f"class {index}" for index in range(classes))
    facts = ModelFacts(
        "judged", "Judged", case.about["task"], labels, ((9, 9, 9),) * classes, "none", "judged-1"
    )
    return TracedModel(facts, FixedSize(*case.image.shape[:2]), network)


def keras_model(case: Case):
    runtime.tensorflow()
    keras = runtime.keras()
    values = {"picture": keras.Input(case.image.shape)}
    for name, kind, inputs, options in case.about["steps"]:
        layer = LAYERS[kind](keras.layers, options | {"name": name})
        taken = [values[source] for source in inputs]
        values[name] = layer(taken if len(taken) > 1 else taken[0])
    model = keras.Model(values["picture"], values[name])
    for layer in model.layers:
        weights = case.below(f"weight/{layer.name}")
        layer.set_weights([weights[str(place)] for place in range(len(weights))])
    return model


def _convolution(layers, options):
    filters, kernel, stride, name = (options[key] for key in ("filters", "kernel", "stride", "name"))
    bias, activation = "activation" in options, options.get("activation") or None
    return layers.Conv2D(filters, kernel, stride, "same", activation=activation, use_bias=bias, name=name)


LAYERS = {
    "rescale": lambda layers, options: layers.Rescaling(**options),
    "conv": _convolution,
    "depthwise": lambda layers, options: layers.DepthwiseConv2D(
        options["kernel"], options["stride"], "same", use_bias=False, name=options["name"]
    ),
    "transposed": lambda layers, options: layers.Conv2DTranspose(
        options["filters"], 2, 2, name=options["name"]
    ),
    "norm": lambda layers, options: layers.BatchNormalization(**options),
    "relu": lambda layers, options: layers.ReLU(**options),
    "relu6": lambda layers, options: layers.ReLU(6.0, **options),
    "pool": lambda layers, options: layers.MaxPooling2D(**options),
    "enlarge": lambda layers, options: layers.UpSampling2D(interpolation="bilinear", **options),
    "add": lambda layers, options: layers.Add(**options),
    "concat": lambda layers, options: layers.Concatenate(**options),
    "average": lambda layers, options: layers.GlobalAveragePooling2D(**options),
    "flatten": lambda layers, options: layers.Flatten(**options),
    "dense": lambda layers, options: layers.Dense(**options),
    "softmax": lambda layers, options: layers.Softmax(**options),
}
"""Layers of Keras by the kind of a step."""
