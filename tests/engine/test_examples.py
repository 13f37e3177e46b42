"""The examples in the engine's docstrings give what they say."""

import doctest
import pkgutil
from importlib import import_module

import engine

AT_LEAST = 50


def test_every_example_gives_what_it_says():
    examples, wrong = 0, []
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        failed, tried = doctest.testmod(import_module(module.name))
        examples += tried
        wrong += [module.name] if failed else []
    assert not wrong
    assert examples > AT_LEAST
