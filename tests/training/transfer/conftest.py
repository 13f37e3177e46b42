"""The tiny breeds of the classifiers' tests."""

from tests.training.classify.conftest import data

__all__ = ["data"]
