"""Findings of a bundle: records as JSON has them, strangers' ones, and verdicts on paper."""

import math

import pytest

from compute.replay.findings import FindingRecord, compare_findings, plain_row
from engine.explanation import DAMAGE

FACTS = {
    "kind": "concepts",
    "title": "Concepts of “8”",
    "question": {"class": "8", "layer": "late", "concepts": None},
    "models": {"toy": "f" * 64},
    "data": "digits",
    "split": "test",
    "digest": "d" * 64,
    "rows": [{"concept": 1, "importance": 0.5, "shapley": math.nan, "box": [0.0, 1.0]}],
}


def test_a_record_is_read_back_equal_and_no_number_is_none():
    found = FindingRecord.of(FACTS)
    assert found.rows[0]["shapley"] is None
    assert FindingRecord.of(found.facts()) == found


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": [{"a": {}}]},
        {"rows": [{"a": [[1]]}]},
        {"rows": [{}] * 201},
        {"rows": 3},
        {"models": {}},
        {"models": {"toy": 1}},
        {"question": None},
        {"split": 5},
        {"title": None},
        {"data": ["x"]},
    ],
)
def test_what_is_no_finding_is_refused(wrong):
    with pytest.raises(DAMAGE):
        FindingRecord.of(FACTS | wrong)


def test_verdicts_on_paper():
    before = [{"concept": 1, "importance": 0.5, "low": None, "of": "a"}]
    near, far = [before[0] | {"importance": 0.505}], [before[0] | {"importance": 0.52}]
    assert [compare_findings(before, now).state for now in (before, near, far)] == [
        "same",
        "within",
        "differs",
    ]
    assert compare_findings(before, near).difference == pytest.approx(0.005)
    assert compare_findings(before, far).said == "importance of row 1 was 0.5, now 0.52"
    worded = compare_findings(before, [before[0] | {"of": "b"}])
    assert (worded.state, worded.difference) == ("differs", None)
    assert compare_findings(before, []).said == "1 rows were found, now 0"
    assert compare_findings(before, [before[0] | {"low": math.nan, "more": 1}]).state == "same"


def test_a_truth_is_no_number():
    assert compare_findings([{"silent": False}], [{"silent": 0.001}]).state == "differs"
    assert plain_row({"silent": True}) == {"silent": True}
