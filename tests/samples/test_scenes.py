"""The renderer of street scenes: same seed same bytes, labels from the same geometry as the picture."""

import numpy as np
import pytest
from PIL import Image

from samples.scenes import CATEGORIES, render_scene
from samples.scenes.__main__ import main
from samples.scenes.drawing.canvas import OVERSAMPLING, Canvas
from samples.scenes.drawing.light import sample_light
from samples.scenes.drawing.mesh import Pose, box, make_mesh, paint_mesh
from samples.scenes.drawing.stage import Stage
from samples.scenes.drawing.street import Skyline
from samples.scenes.labels import FLAT, OBJECT, SKY, VEHICLE
from samples.scenes.scene import sample_camera

SMALL = (64, 96)
SEEDS = range(5)


@pytest.fixture(scope="module")
def scenes():
    return [render_scene(seed, SMALL) for seed in SEEDS]


@pytest.mark.slow
def test_same_seed_and_size_give_the_same_bytes(scenes):
    again = render_scene(3, SMALL)
    np.testing.assert_array_equal(again.pixels, scenes[3].pixels)
    np.testing.assert_array_equal(again.labels, scenes[3].labels)


@pytest.mark.slow
def test_different_seeds_differ(scenes):
    assert len({scene.pixels.tobytes() for scene in scenes}) == len(scenes)


@pytest.mark.slow
@pytest.mark.parametrize("size_hw", [(33, 32), (50, 131)])
def test_any_size_has_its_shape_and_type(size_hw):
    scene = render_scene(1, size_hw)
    assert scene.pixels.shape == (*size_hw, 3) and scene.pixels.dtype == np.uint8
    assert scene.labels.shape == size_hw and scene.labels.dtype == np.uint8


def test_too_small_is_refused():
    with pytest.raises(ValueError, match="at least 32"):
        render_scene(0, (31, 64))


def test_every_category_appears_over_a_few_seeds(scenes):
    seen = set(np.unique(np.stack([scene.labels for scene in scenes])).tolist())
    assert seen == set(range(len(CATEGORIES)))


def test_sky_lies_above_the_horizon_and_the_road_below_it(scenes):
    for seed, scene in zip(SEEDS, scenes, strict=True):
        horizon = sample_camera(seed, SMALL).horizon_v / OVERSAMPLING
        rows = np.arange(SMALL[0])[:, None] + np.zeros(SMALL)
        assert rows[scene.labels == SKY].max(initial=0) <= horizon + 2
        assert rows[scene.labels == FLAT].min(initial=SMALL[0]) >= horizon - 2


def test_colours_and_labels_are_painted_by_the_same_strokes():
    canvas = Canvas((80, 80))
    triangle = np.array([[10.0, 10.0], [70.0, 20.0], [30.0, 66.0]])
    canvas.polygon(triangle, (255, 255, 255), OBJECT)
    colours, labels = canvas.resolve()
    assert (labels[colours[..., 0] == 255] == OBJECT).all()
    assert (labels[colours[..., 0] == 0] == 0).all()
    assert 0 < (labels == OBJECT).sum() < labels.size


def test_a_box_covers_exactly_its_projection():
    camera, light = sample_camera(0, (128, 192)), sample_light(np.random.default_rng(0))
    canvas = Canvas(camera.size_hw)
    skyline = Skyline((-50.0, 50.0), np.zeros((2, 300), np.float32))
    mesh = make_mesh(box((-1, 0, 0), (1, 1.5, 4), (200, 10, 10)))
    paint_mesh(Stage(canvas, camera, light, skyline), mesh, Pose(0.0, 10.0), VEHICLE)
    _, labels = canvas.resolve()
    low, high = camera.project(np.array([[-1.0, 0.0, 10.0], [1.0, 1.5, 10.0]])) / OVERSAMPLING
    rows, columns = np.nonzero(labels == VEHICLE)
    assert abs(rows.max() - low[1]) <= 1.5
    assert abs(columns.min() - low[0]) <= 1.5 and abs(columns.max() - high[0]) <= 1.5


@pytest.mark.slow
def test_the_command_writes_pictures_and_labels_under_the_same_names(tmp_path):
    main(["--count", "2", "--size", "48x64", "--first-seed", "7", "--out", str(tmp_path)])
    names = ["scene_00007.png", "scene_00008.png"]
    assert sorted(path.name for path in (tmp_path / "images").iterdir()) == names
    assert sorted(path.name for path in (tmp_path / "labels").iterdir()) == names
    scene = render_scene(8, (48, 64))
    np.testing.assert_array_equal(np.array(Image.open(tmp_path / "images" / names[1])), scene.pixels)
    np.testing.assert_array_equal(np.array(Image.open(tmp_path / "labels" / names[1])), scene.labels)


@pytest.mark.parametrize("arguments", [["--size", "10x10"], ["--size", "large"], ["--count", "-1"]])
def test_the_command_refuses_what_it_cannot_do(arguments, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([*arguments, "--out", str(tmp_path)])
    assert "expected" in capsys.readouterr().err
