"""Prepared runs of summed passes, remembered in a worker from one chunk to the next."""

from __future__ import annotations

from compute.base.prepared import prepared
from compute.work.summed import SummedSpec
from engine.gradients.run import dense_weights
from engine.images.picture import Picture
from engine.model import LoadedModel
from engine.perturbation.run import fit_picture
from engine.summed.plan import PassInput, Runs
from engine.target_sets import TargetSet


def runs_of(model: LoadedModel, spec: SummedSpec, targets: TargetSet, picture: Picture) -> Runs:
    """The runs of a pass on a picture.

    Args:
        model: the model; it is not kept.
        spec: what is asked, with the layer's own name.
        targets: of the prediction.
        picture: the picture.

    Raises:
        VitrineError: a target or the layer does not fit.
    """
    wanted = [targets.wanted(wanted) for wanted in spec.wanted]
    size_hw = model.input_size_hw(picture.size_hw)

    def make() -> Runs:
        scene = PassInput(fit_picture(picture, size_hw), dense_weights(wanted, targets.output_shape))
        return spec.source.prepare(model, scene, spec.params)

    digests = tuple(target.digest for target in wanted)
    return prepared(
        "runs",
        (model.facts.fingerprint, spec.runs_key, digests, targets.output_shape, picture.sha256, size_hw),
        make,
    )
