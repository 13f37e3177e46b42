"""Transfer over the digits that come with Vitrine: rows, and networks that answer as their rows say."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from compute.measure.features import layer_activation
from compute.run.runners import LocalRunner
from compute.transfer.grids import GridFeatures, Representation
from compute.transfer.learning import feature_orders, learning_ref, learning_table
from compute.transfer.network_order import NetworkOrder, NetworkSpec
from compute.transfer.order import LearningTable, TransferOrder, TransferSpec
from compute.work.measure import MeasureOrder, MeasureSpec
from compute.worker import sources
from compute.worker.sources import model_source
from data_store.catalogue import data_set_of
from data_store.images import read_image
from data_store.readers.folder import read_folder
from engine.arrays import Floats
from engine.errors import DataSetError, VitrineError
from engine.perturbation.run import fit_picture
from engine.transfer.preparing import PreparationParams
from engine.transfer.table import CLASSIFIERS, TransferSetting
from model_store.catalogue import ModelRef
from model_store.loading.own import ReadOptions, read_network
from model_store.own.model import Preprocessing
from settings import override

pytestmark = [pytest.mark.models, pytest.mark.slow]

REF = ModelRef("digits-cnn")
SHOWN = 40
PCA = PreparationParams(standardise=True, pca=0.95)
SCALED = PreparationParams(standardise=True)


@pytest.fixture(scope="module", autouse=True)
def shipped_models():
    """The catalogue, not the toys of the other tests here."""
    with override(model_source=f"{sources.__name__}:{sources.CatalogueSource.__name__}"):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def features_of(ref: ModelRef, what: Representation, folder: Path, key: str = "digits") -> LearningTable:
    orders = feature_orders(ref, data_set_of(key), what)
    runner = LocalRunner()
    kept = [MeasureOrder(one.spec, one.data, folder) for one in orders]
    return learning_table(*(runner.run(one) for one in kept))


@pytest.fixture(scope="module")
def layer() -> str:
    return model_source().get(REF).target_layers[-1].name


@pytest.fixture(scope="module")
def table(folder: Path, layer: str) -> LearningTable:
    return features_of(REF, Representation(layer), folder)


def test_rows_of_all_classifiers(table: LearningTable) -> None:
    settings = tuple(TransferSetting(key) for key in CLASSIFIERS)
    view = LocalRunner().run(TransferOrder(TransferSpec(settings), table))
    rows = view.rows()
    assert list(rows) == list(range(len(settings)))
    assert view.progress().done_runs == len(settings)
    assert all(row.accuracy > 0.9 and row.chosen for row in rows.values())
    assert {row.setting.classifier for row in rows.values()} == set(CLASSIFIERS)


@pytest.mark.parametrize(
    ("classifier", "params"),
    [
        *((key, PreparationParams()) for key, row in CLASSIFIERS.items() if row.exported),
        *((key, PCA) for key in ("linear", "rbf", "poly")),
        ("rbf", SCALED),
    ],
)
def test_a_network_answers_as_its_row(
    classifier: str, params: PreparationParams, table: LearningTable, layer: str, tmp_path: Path
) -> None:
    setting = TransferSetting(classifier, params, 1.0)
    row = LocalRunner().run(TransferOrder(TransferSpec((setting,)), table)).rows()[0]
    answers = written(NetworkSpec(REF, Representation(layer), setting), table, tmp_path)
    assert (answers.argmax(1) == row.answers[:SHOWN]).mean() >= 0.97  # stored features have half precision


@pytest.mark.parametrize("pooling", ["flat", "max"])
def test_places_of_a_layer_keep_their_order(pooling: str, layer: str, folder: Path, tmp_path: Path) -> None:
    what = Representation(layer, pooling)  # type: ignore[arg-type]
    table = features_of(REF, what, folder)
    setting = TransferSetting("linear", strength=1.0)
    row = LocalRunner().run(TransferOrder(TransferSpec((setting,)), table)).rows()[0]
    answers = written(NetworkSpec(REF, what, setting), table, tmp_path)
    assert row.accuracy > 0.9
    assert (answers.argmax(1) == row.answers[:SHOWN]).mean() >= 0.97


def written(spec: NetworkSpec, table: LearningTable, folder: Path) -> Floats:
    """Scores (SHOWN, K) of the network of a row, read as a stranger's file, for the first test digits."""
    content = LocalRunner().run(NetworkOrder(spec, table)).result()
    assert content is not None
    path = folder / "model.keras"
    path.write_bytes(content)
    network = read_network(path, ReadOptions("keras", Preprocessing("raw")))
    data = data_set_of("digits")
    pictures = [read_image(data, item) for item in data.items_of("test")[:SHOWN]]
    stack = np.stack([fit_picture(picture, (32, 32)) for picture in pictures])
    return np.asarray(network(stack))


def test_grey_images_are_read_as_three_equal_colours(tmp_path: Path, layer: str, folder: Path) -> None:
    """A folder of grey files and one of the same in colours have the same features."""
    found = []
    for mode in ("L", "RGB"):
        for place in range(6):
            pixels = np.random.default_rng(place).integers(0, 255, (40, 40), np.uint8)
            path = tmp_path / mode / ("train" if place < 4 else "test") / "ab"[place % 2] / f"{place}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).convert(mode).save(path)
        orders = feature_orders(REF, read_folder(tmp_path / mode), Representation(layer))
        kept = [MeasureOrder(one.spec, one.data, folder) for one in orders]
        found.append(learning_table(*(LocalRunner().run(one) for one in kept)))
    assert np.array_equal(found[0].training, found[1].training)
    assert found[0].truth.tolist() == [0, 0, 1, 1]


def test_models_of_photographs_squeeze_images() -> None:
    """As a model that somebody brings does: the network of a row then sees what the row was measured on."""
    assert str(learning_ref(ModelRef("imagenet-lite0"))) == "imagenet-lite0@squeeze"


def test_what_cannot_be_learnt_from_is_said(layer: str, folder: Path) -> None:
    with pytest.raises(DataSetError, match="training part"):
        feature_orders(REF, data_set_of("streets-rendered"), Representation(layer))
    measure = GridFeatures(REF, "nowhere", "flat")
    with pytest.raises(VitrineError, match="no layer"):
        layer_activation(model_source().get(REF), np.zeros((1, 32, 32, 3), np.float32), "nowhere")
    assert MeasureSpec(measure) == MeasureSpec(GridFeatures(REF, "nowhere", "flat"))
