"""Words about a pass under way."""

import pytest

from components.jobs.job_view import progress_text
from compute.work.contract import Progress


@pytest.mark.parametrize(
    ("slowdown", "said"),
    [(None, ""), (0.4, ""), (1.2, ""), (6.86, ". Measured now: 6.9 times as long as estimated")],
)
def test_an_estimate_that_was_wrong_is_corrected_in_words(slowdown, said):
    progress = Progress(128, 1056, 40.0, 318.0, "running", slowdown)
    text = progress_text(progress)
    assert text == f"128 of 1,056 model evaluations, about 5 min 20 s left{said}"
