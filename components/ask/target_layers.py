"""Target layers of a network: its best one, and those worth looking at."""

from compute.work.predict import Prediction

USUAL, ALL = "usual", "all"


def best_layer(prediction: Prediction) -> str:
    """The layer that suits the model best."""
    return next((target_layer.name for target_layer in prediction.target_layers if target_layer.best), "")


def usual_layers(prediction: Prediction) -> list[str]:
    """Layers that are worth looking at, from input to output."""
    return [
        target_layer.name
        for target_layer in prediction.target_layers
        if target_layer.usual or target_layer.best
    ]
