"""Held-out pictures: by name, in both sets, for both shipped classifiers."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.classify.conftest import PER_CLASS, paint, tiny
from training.classify.config import ClassifierConfig, PictureFolders, read_config
from training.classify.memory import load_material, read_classes
from training.classify.pictures import (
    PARTS,
    class_part_of,
    find_classes,
    find_pictures,
    more_classes,
    read_more,
    share_of,
)
from training.common.config import ConfigError

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
CONFIGS = [ROOT / "training" / "configs" / f"{name}.toml" for name in ("dogs-vgg", "dogs-inception")]
needs_dogs = pytest.mark.skipif(
    not (SHARED / "data" / "dogs").is_dir(), reason="the pictures of ../shared/data/dogs are not here"
)


def test_part_depends_on_the_name_only() -> None:
    assert share_of("n02088094_1003") == pytest.approx(share_of("n02088094_1003"))
    assert class_part_of(PictureFolders("a"), "n02088094_1003") == class_part_of(
        PictureFolders("b", size=64), "n02088094_1003"
    )
    shares = [share_of(f"picture_{number}") for number in range(2000)]
    assert sum(share < 0.2 for share in shares) == pytest.approx(400, abs=60)


def test_parts_do_not_overlap_and_miss_nothing(data: Path) -> None:
    config = tiny()
    found = [{sample.stem for sample in find_pictures(config, data, [part])} for part in PARTS]
    assert sum(map(len, found)) == len(set.union(*found)) == 2 * PER_CLASS
    assert found[2] and found[0]


def test_new_pictures_do_not_move_the_old_ones(data: Path) -> None:
    config = tiny()
    before = {sample.stem: sample.part for sample in find_pictures(config, data, PARTS)}
    paint(data / "dogs" / "red_dog" / "n01_900.png", "red_dog", 900, 48)
    after = {sample.stem: sample.part for sample in find_pictures(config, data, PARTS)}
    assert before.items() <= after.items()


def test_only_training_pictures_are_in_memory(data: Path) -> None:
    config = tiny()
    material = load_material(config, data)
    aside = {sample.stem for sample in find_pictures(config, data, ["select", "report"])}
    own, more = (set(kept.stems) for kept in material.parts)
    assert own == {sample.stem for sample in find_pictures(config, data, ["train"])}
    assert more == {f"n03_{number}" for number in range(PER_CLASS)}
    assert not aside & (own | more)
    assert material.classes.names == ["n01", "n02", "n03"]
    assert material.classes.groups == ["blue_dog", "red_dog"] and material.classes.own.tolist() == [1, 0]


def test_without_a_second_set_the_classes_are_the_folders(data: Path) -> None:
    config = replace(tiny(), pictures=PictureFolders("dogs"), names={})
    assert read_classes(config, data).names == ["blue_dog", "red_dog"]
    assert load_material(config, data).parts[1].stems == []


def test_class_that_the_second_set_lacks_is_named(data: Path) -> None:
    with pytest.raises(ConfigError, match="no class 'blue_dog'"):
        read_classes(replace(tiny(), names={}), data)


def test_folder_without_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least two folders"):
        find_classes(tmp_path)


@needs_dogs
def test_shipped_classifiers_hold_out_the_same_fifth() -> None:
    held_out = [
        [sample.path.name for sample in find_pictures(read_config(path), SHARED, ["report"])]
        for path in CONFIGS
    ]
    assert held_out[0] == held_out[1]
    samples = find_pictures(read_config(CONFIGS[0]), SHARED, PARTS)
    assert len(held_out[0]) == pytest.approx(len(samples) / 5, rel=0.1)


@pytest.mark.slow
@needs_dogs
def test_no_held_out_picture_is_in_what_the_pre_training_reads() -> None:
    config: ClassifierConfig = read_config(CONFIGS[0])
    samples = find_pictures(config, SHARED, PARTS)
    known, more = {sample.stem for sample in samples}, SHARED / config.pictures.more
    stems = {stem for _, stem, _ in read_more(more)}
    assert known <= stems, (
        "the same pictures are in the tar under the same names, so that they are left out by name"
    )
    assert set(config.names.values()) <= set(more_classes(more))
    assert len(more_classes(more)) == 120
