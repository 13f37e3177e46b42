"""Classes by name, in the words of another model."""

from types import SimpleNamespace

import numpy as np
import pytest

from components.ask.classes import ClassQuestion, best_first, same_class, wanted_of


def prediction(*labels, scores=None):
    found = np.linspace(0.1, 0.9, len(labels)) if scores is None else np.array(scores)
    return SimpleNamespace(facts=SimpleNamespace(labels=labels), class_scores=found)


DOGS = prediction("Irish wolfhound", "Scottish deerhound", "pug")
IMAGENET = prediction("tench, Tinca tinca", "irish_wolfhound", "pug, pug-dog", "Samoyed, Samoyede")


def test_the_best_come_first():
    assert best_first(prediction("a", "b", "c", scores=[0.2, 0.5, 0.3])) == [1, 2, 0]


@pytest.mark.parametrize(
    ("name", "index"),
    [("Irish wolfhound", 1), ("pug", 2), ("samoyede", 3), ("Scottish deerhound", None), ("dog", None)],
)
def test_a_class_is_found_however_it_is_spelt(name, index):
    assert same_class(IMAGENET, name) == index


def test_what_is_asked_is_said_in_the_classes_of_each_model():
    question = ClassQuestion("Irish wolfhound", "pug")
    assert question.title == "Irish wolfhound in contrast with pug"
    assert wanted_of(question, DOGS) == (0, 2) and wanted_of(question, IMAGENET) == (1, 2)
    assert wanted_of(ClassQuestion("pug"), DOGS) == 2
    assert wanted_of(ClassQuestion("Irish wolfhound", "Scottish deerhound"), IMAGENET) is None
