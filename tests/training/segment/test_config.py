"""Configurations: the shipped ones are read, wrong ones are refused in words."""

from pathlib import Path

import pytest

from training.common.config import ConfigError
from training.segment.config import from_table, read_config

CONFIGS = Path(__file__).parents[3] / "training" / "configs"
LEAST = {
    "name": "x",
    "title": "X",
    "model": {"kind": "unet", "widths": [8], "blocks": [1], "decoder": 8},
    "sources": [{"name": "a", "kind": "folder", "root": "a"}],
}


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("streets-*.toml")), ids=lambda path: path.stem)
def test_shipped_configurations_are_read(path: Path) -> None:
    config = read_config(path)
    assert config.name == path.stem
    assert config.card.licence and config.card.data and config.card.weak_points
    assert any(source.report for source in config.sources)


def test_lists_become_tuples_and_defaults_stay() -> None:
    config = from_table(LEAST)
    assert config.model.widths == (8,)
    assert config.schedule.batch == 8


def test_unknown_entry_is_named() -> None:
    with pytest.raises(ConfigError, match=r"\[schedule\] has no entry 'epochs'"):
        from_table({**LEAST, "schedule": {"epochs": 3}})


def test_missing_entry_is_named() -> None:
    with pytest.raises(ConfigError, match="needs an entry 'title'"):
        from_table({key: value for key, value in LEAST.items() if key != "title"})


def test_sources_are_needed() -> None:
    with pytest.raises(ConfigError, match="at least one"):
        from_table({**LEAST, "sources": []})


def test_broken_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("name = ")
    with pytest.raises(ConfigError, match="not a TOML file"):
        read_config(path)
