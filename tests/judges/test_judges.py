"""Every method on four networks against the stored answers of other people's libraries."""

import numpy as np
import pytest

from tests.judges.maps import our_map
from tests.judges.networks import judged_model
from tests.judges.stored import NETWORKS, stored_case
from tests.judges.tolerances import ROUNDING, TOLERANCE

pytestmark = [pytest.mark.models, pytest.mark.peers]


@pytest.fixture(scope="module", params=NETWORKS)
def judged(request, tmp_path_factory):
    """A stored case and its network, loaded once."""
    case = stored_case(request.param)
    return case, judged_model(case, tmp_path_factory.mktemp(request.param))


def assert_close(found, wanted, tolerance, peer):
    off = np.abs(found - wanted).max() / np.abs(wanted).max()
    assert found.shape == wanted.shape and off <= tolerance, f"{off:.1e} of the maximum off {peer}"


def test_the_network_is_the_one_that_the_peers_had(judged):
    case, model = judged
    assert_close(model.score_batch(case.image[None], "logit")[0], case.arrays["logits"], ROUNDING, "PyTorch")


@pytest.mark.parametrize("answer", TOLERANCE)
def test_our_map_is_that_of_the_peer(judged, answer):
    case, model = judged
    found, peer = our_map(model, case, answer), case.about["answers"][answer]["peer"]
    assert_close(found, case.answers[answer], TOLERANCE[answer], peer)
