"""Plans of passes, remembered: a worker needs one to make the runs, the server to read them."""

from __future__ import annotations

from compute.base.prepared import prepared
from compute.work.specs import PassSpec
from engine.images.picture import Picture
from engine.methods import get_method
from engine.perturbation.plan import PerturbationMethod, Plan
from engine.perturbation.run import fit_picture


def plan_of(spec: PassSpec, picture: Picture, size_hw: tuple[int, int]) -> Plan:
    """The runs of a pass on a picture.

    Args:
        spec: the method; parameters that only change how runs are read make no difference.
        picture: the picture.
        size_hw: height and width in pixels at which the model looks at it.

    Raises:
        ParamsError: the method finds nothing to hide in this picture.
    """
    key = (spec.method, *sorted(spec.run_params().items()), picture.sha256, size_hw)
    method = get_method(spec.method, PerturbationMethod)
    return prepared("plan", key, lambda: method.plan(spec.params, fit_picture(picture, size_hw)))
