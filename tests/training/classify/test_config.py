"""Configurations of classifiers: the shipped ones are read, wrong ones are refused in words."""

from pathlib import Path

import pytest

from training.classify.config import TASK, from_table, read_config, stage_at
from training.common.config import ConfigError

CONFIGS = Path(__file__).parents[3] / "training" / "configs"
LEAST = {
    "name": "x",
    "title": "X",
    "task": TASK,
    "body": {"kind": "vgg", "widths": [8, 8, 8, 8, 8]},
    "pictures": {"folder": "dogs"},
    "stages": [{"until": 0.4, "size": 64}, {"until": 1.0, "size": 96}],
}


@pytest.mark.parametrize("name", ["dogs-vgg", "dogs-inception"])
def test_shipped_configurations_are_read(name: str) -> None:
    config = read_config(CONFIGS / f"{name}.toml")
    assert (config.name, config.task) == (name, TASK)
    assert config.card.licence and config.card.data and config.card.weak_points and config.tutor.name


def test_digits_are_never_mirrored_and_have_no_teacher() -> None:
    config = read_config(CONFIGS / "digits-cnn.toml")
    assert config.body.kind == "plain" and not config.tutor.file and config.input_size == 32
    assert not any(stage.mirror for stage in config.stages) and config.card.each == "digit"


def test_stages_follow_each_other() -> None:
    stages = from_table(LEAST).stages
    assert [stage_at(stages, done).size for done in (0.0, 0.39, 0.4, 1.0)] == [64, 64, 96, 96]


def test_last_stage_ends_the_run() -> None:
    with pytest.raises(ConfigError, match="until = 1"):
        from_table({**LEAST, "stages": [{"until": 0.9, "size": 64}]})


def test_unknown_entry_is_named() -> None:
    with pytest.raises(ConfigError, match=r"\[body\] has no entry 'depth'"):
        from_table({**LEAST, "body": {"kind": "vgg", "depth": 3}})
