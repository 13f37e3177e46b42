"""Table of rooms and packages, lowest first.

A room is a folder or a script at the top of the tree; a row imports only rows above it. Inside a room a
package imports only packages before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.layers.sources import holder

MOST_MODULES = 15
"""In one folder, ``__init__`` aside."""


@dataclass(frozen=True)
class Room:
    """A row of the table.

    Attributes:
        name: dotted; "tests.benchmarks" is a part of "tests" with a row of its own.
        packages: folders and modules of the room, dotted, lowest first. Those that none of them holds are one
            package, which comes last.
        may_import: rooms, packages and modules above it.
        never: libraries that it must not import.
        most_lines: of one file.
    """

    name: str
    packages: tuple[str, ...]
    may_import: frozenset[str]
    never: frozenset[str]
    most_lines: int = 300


def _room(name: str, packages: str, of: str | Iterable[str], never: Iterable[str] = ()) -> Room:
    return Room(
        name,
        tuple(packages.split()),
        frozenset(of.split() if isinstance(of, str) else of),
        frozenset(never),
        80 if name == "pages" else 300,
    )


SERVER = frozenset({"streamlit", "plotly"})
DASK = frozenset({"dask", "distributed"})
TENSORFLOW = frozenset({"tensorflow", "tf_keras"})
FRAMEWORKS = TENSORFLOW | {"keras", "transformers"}
RUNNERS = FRAMEWORKS | {"xplique", "openvino"}
IN_ONE_PLACE = {"model_store.base.runtime": TENSORFLOW}
"""Modules that may import what the rest of their room must not."""

ENGINE = """
    errors phrase arrays batches images npz params targets zones target_sets explanation filters features
    model method perturbation.designs.cells perturbation.plan perturbation.stopping perturbation.designs
    perturbation.estimators perturbation.methods perturbation gradients summed trust sanity methods
    projection evaluation transfer strategies concepts tcav examples visualise alarms stability report
    """
_WORDS = """
    arrays errors phrase batches images.picture images.fit images.untrusted_zip
    params targets zones target_sets
    explanation filters features model method methods transfer.heads
    """
WORDS = frozenset(f"engine.{name}" for name in _WORDS.split())
"""What model_store, pages and app.py take from the engine."""
EXPERIMENTS = "record columns toml process folders recording"
SAMPLES = "scenes.labels scenes.drawing scenes.surroundings scenes.objects scenes digits textures library"
DATA_STORE = "base readers shipped images uploads"
MODEL_STORE = """
    base pretrained network derivatives backends own catalogue keras huggingface scan exchange converting
    download loading
    """
COMPUTE = """
    base work.contract doctor.limits doctor.scan_limit decoding worker measure transfer work transfer.learning
    lab trust examples cluster scheduling run shipped batch replay doctor unpacking
    """
COMPONENTS = """
    words session jobs pieces ask maps grades report explain present inside batch data segmentation strategies
    concepts tcav examples start own_models lab frame
    """
TESTS = """
    harness layers toys feature_toys filter_toys shades sides toy_method fuzz engine experiments samples
    model_store data_store training compute components pages clusters data.bundles commands e2e.drivers
    e2e texts judges
    """

COMMANDS = """
    options logs failures terminal pictures runners folders overlays targets explain models data lab trust
    examples bundles shipped
    """
TRAINING = "common losses segment backbones slim zoo classify transfer tune"
JUDGES = "recipes shapes networks question draws training targets layers pixels hidden answers"
BENCHMARKS = """
    effort machine results races quick server ranking cams layouts strategies concepts gradients tcav alarms
    roofline labels
    """

_BELOW_PAGES = "caching settings replacing engine experiments samples model_store data_store compute"

ROOMS = (
    _room("caching", "", "", SERVER | DASK | RUNNERS),
    _room("engine", ENGINE, "", SERVER | DASK | FRAMEWORKS),
    _room("settings", "", "engine", SERVER | DASK | RUNNERS),
    _room("replacing", "", "engine", SERVER | DASK | RUNNERS),
    _room("experiments", EXPERIMENTS, WORDS | {"settings", "replacing"}, SERVER | DASK | RUNNERS),
    _room("samples", SAMPLES, "", SERVER | DASK | FRAMEWORKS),
    _room("model_store", MODEL_STORE, WORDS | {"caching", "settings"}, SERVER | DASK | TENSORFLOW),
    _room(
        "data_store",
        DATA_STORE,
        WORDS | {"engine.images.files", "settings", "samples", "model_store.base.label_maps"},
        SERVER | DASK | FRAMEWORKS,
    ),
    _room(
        "compute",
        COMPUTE,
        "caching settings replacing engine experiments model_store data_store",
        SERVER | FRAMEWORKS,
    ),
    _room("components", COMPONENTS, _BELOW_PAGES, RUNNERS),
    _room("pages", "", WORDS | {"components"}, RUNNERS),
    _room("app", "", WORDS | {"components"}, RUNNERS),
    _room("commands", COMMANDS, _BELOW_PAGES, SERVER | FRAMEWORKS),
    _room("cli", "", "engine commands", SERVER | FRAMEWORKS),
    _room("training", TRAINING, "engine experiments samples model_store", SERVER | DASK),
    _room("texts", "", f"{_BELOW_PAGES} components", SERVER | DASK | RUNNERS),
    _room("deploy", "", "", SERVER | DASK | RUNNERS),
    _room("tests", TESTS, f"{_BELOW_PAGES} components pages app commands cli training texts deploy"),
    _room("benchmarks.judges", JUDGES, "", SERVER | DASK | RUNNERS),
    _room(
        "benchmarks", BENCHMARKS, f"{_BELOW_PAGES} components commands training tests.e2e.drivers tests.fuzz"
    ),
    _room("tests.benchmarks", "", "engine model_store benchmarks"),
    _room("tests.docs", "", "engine model_store cli training benchmarks"),
)
BY_NAME = {room.name: room for room in ROOMS}
PACKAGES = tuple(
    f"{room.name}.{package}" if package else room.name for room in ROOMS for package in (*room.packages, "")
)
"""Dotted names of all packages in the order of the table; a room's own name stands for what is left of it."""
RANK = {package: rank for rank, package in enumerate(PACKAGES)}


def room_of(name: str) -> str:
    """The room of a module; "" where the table has none."""
    return holder(name, BY_NAME)


def package_of(name: str) -> str:
    """The package of a module; "" where the table has none."""
    return holder(name, RANK)
