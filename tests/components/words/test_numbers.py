import pytest

from components.words import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0 %"),
        (0.0004, "under 0.1 %"),
        (0.041, "4.1 %"),
        (0.0995, "10 %"),
        (0.2349, "23 %"),
        (0.994, "99 %"),
        (0.9973, "99.7 %"),
        (0.9994, "over 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_share(value, text):
    assert numbers.share(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "under 0.1 s"),
        (0.42, "0.4 s"),
        (7.3, "7 s"),
        (50.2, "50 s"),
        (119, "119 s"),
        (250, "4 min 10 s"),
        (1500, "25 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_duration(seconds, text):
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3.2, "about 3 s"), (48.7, "about 50 s"), (127, "about 2 min 10 s"), (354, "about 5 min 50 s")],
)
def test_about(seconds, text):
    assert numbers.estimated_duration(seconds) == text


def test_cost_as_the_design_says_it():
    assert numbers.cost(2112, 49) == "2,112 model evaluations, about 50 s"
    assert numbers.runs(1) == "1 model evaluation"


@pytest.mark.parametrize(
    ("value", "reach", "text"),
    [
        (0.0, 0.0, "0.000"),
        (0.1234, 0.41, "0.123"),
        (1.4512, 1.45, "1.45"),
        (-0.002, 0.0134, "-0.0020"),
        (12.34, 250, "12"),
        (-0.0, 0.0, "0.000"),
        (3e-6, 4e-6, "3.00e-06"),
    ],
)
def test_raw_has_three_digits_of_the_greatest(value, reach, text):
    assert numbers.raw(value, reach) == text


def test_nothing_is_minus_zero():
    assert numbers.probability(-0.004) == "0.00" and numbers.probability(-0.006) == "-0.01"
