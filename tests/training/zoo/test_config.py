"""Configurations and grids of the zoo: what is shipped is read, what is wrong is refused in words."""

from pathlib import Path

import pytest

from training.common.config import ConfigError
from training.losses.table import parse_loss
from training.zoo.config import overrides, read_grid, zoo_from_table
from training.zoo.decoders import find_decoder
from training.zoo.taps import find_backbone

pytestmark = pytest.mark.models

RECIPES = Path(__file__).parents[3] / "training" / "recipes"
LEAST = {"name": "x", "title": "X", "sources": [{"name": "a", "kind": "folder", "root": "a"}]}


@pytest.mark.parametrize("path", sorted(RECIPES.glob("note-*.toml")), ids=lambda path: path.stem)
def test_shipped_grids_are_read(path: Path) -> None:
    grid = read_grid(path)
    assert len(grid.runs) >= 7 and grid.pairs
    assert len({run.zoo.minutes for run in grid.runs}) == 1, "budgets differ"
    for run in grid.runs:
        assert run.name.startswith(f"{grid.name}-")
        find_backbone(run.zoo.backbone), find_decoder(run.zoo.decoder), parse_loss(run.zoo.loss)


def test_entries_of_the_command_line_win() -> None:
    config = zoo_from_table({**LEAST, "zoo": {"loss": "dice"}}, overrides(["loss=focal", "size_hw=[32, 64]"]))
    assert config.zoo.loss == "focal" and config.zoo.size_hw == (32, 64)
    assert (
        zoo_from_table(LEAST, overrides(["loss=cross_entropy + 2 dice"])).zoo.loss == "cross_entropy + 2 dice"
    )


@pytest.mark.parametrize("entry", ["loss", "los=dice", "=1", "loss="])
def test_wrong_entries_are_refused(entry: str) -> None:
    with pytest.raises(ConfigError, match="NAME=VALUE"):
        overrides([entry])


def test_unknown_entries_and_absent_sources_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"\[zoo\] has no entry 'lost'"):
        zoo_from_table({**LEAST, "zoo": {"lost": 1}})
    with pytest.raises(ConfigError, match="sources"):
        zoo_from_table({"name": "x", "title": "X"})


@pytest.mark.parametrize(
    ("text", "said"),
    [("name = 'g'", "name"), ("name = 'g'\n[[runs]]\nloss = 'dice'", "name"),
     ("name = 'g'\npairs = [['a', 'b']]\n[[runs]]\nname = 'a'", "g-b"),
     ("name = 'g'\n[[runs]]\nname = 'a'\n[[runs]]\nname = 'a'", "of its own")],
)  # fmt: skip
def test_wrong_grids_are_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "grid.toml"
    path.write_text(f"{text}\n[[sources]]\nname = 'a'\nkind = 'folder'\nroot = 'a'\n")
    with pytest.raises(ConfigError, match=said):
        read_grid(path)
