"""Maker of the kept bundles: asks the questions below on the command line and packs the answers.

Run from the checkout whose results are to be kept: ``PYTHONPATH=. python tests/data/bundles/make.py FOLDER
[NAME ...]``.
"""

import json
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

MACHINE = "machine.json"
CPU = Path("/proc/cpuinfo")
CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
NAMED = ("vendor_id", "cpu family", "model", "stepping")
INSTRUCTIONS = re.compile(r"(sse|ssse|avx|amx|fma|f16c)\w*")


@dataclass(frozen=True)
class Recipe:
    """What one bundle is made of: questions to one model about one small picture.

    Attributes:
        model: key in the catalogue.
        backend: value of ``VITRINE_BACKEND``; every model runs on one only, since a process keeps a model
            once it is loaded.
        sample: key of a shipped picture.
        longest: its longer side is reduced to so many pixels.
        questions: words for ``cli.py explain`` besides model, picture and folder.
        on_cluster: whether a Dask cluster answers, which cuts passes as behind the pages.
    """

    model: str
    backend: str
    sample: str
    longest: int
    questions: tuple[str, ...]
    on_cluster: bool = False


SOBOL = "--method sobol --set grid=4"
FEW, UNTIL_DRAFT = "--set designs=8 --set replicates=4", "--set designs=64 --set until=draft"
RECIPES = {
    "streets-openvino": Recipe(
        "streets-segformer",
        "auto",
        "street-1",
        256,
        (
            f"{SOBOL} {UNTIL_DRAFT} --point 101,115",
            f"{SOBOL} {UNTIL_DRAFT} --point 101,115 --target border",
            f"{SOBOL} {UNTIL_DRAFT} --point 101,115 --target shared-border --other 61,147",
            "--method occlusion --set positions=6 --set fill=noise --set seed=3 --point 61,147",
            "--method gradcam --layer 'stage 3' --point 61,147",
            "--method layercam --set direction=against --point 17,127 --target border",
            "--method scorecam --set channels=16 --point 61,147",
        ),
        on_cluster=True,
    ),
    "streets-tensorflow": Recipe(
        "streets-unet",
        "tensorflow",
        "street-2",
        256,
        (
            f"{SOBOL} {UNTIL_DRAFT} --set fill=blur --set estimator=saltelli --point 103,119",
            "--method lime --set samples=50 --set seeds=1 --set n_segments=12 --point 85,171",
            "--method gradcam++ --layer bottom_out --point 85,171",
            "--method hirescam --layer dec3_out --point 35,197 --target border",
        ),
    ),
    "dogs-tensorflow": Recipe(
        "dogs-inception",
        "tensorflow",
        "cat",
        128,
        (
            f"{SOBOL} {FEW} --versus pug",
            "--method occlusion --set positions=8 --set patch=3 --set display=score",
            "--method rise --set grid=7 --set masks=256 --set kept=0.4",
            "--method hsic --set grid=4 --set masks=192 --class pug",
            "--method kernelshap --set samples=100 --set seeds=2 --versus pug",
            "--method gradcam --layer mixed4",
            "--method gradcam --layer mixed10",
            "--method gradcam++ --layer mixed2 --class pug",
            "--method layercam --layer mixed7 --versus pug",
            "--method scorecam --layer mixed10 --set channels=32 --set weighting=probability",
        ),
    ),
    "dogs-pixels": Recipe(
        "dogs-inception",
        "tensorflow",
        "cat",
        128,
        (
            "--method saliency",
            "--method gradient_x_input --set fill=noise --versus pug",
            "--method integrated_gradients --set steps=16 --set fill=mean",
            "--method smoothgrad --set samples=16 --set colours=mean",
            "--method guided_backprop",
        ),
    ),
    "dogs-bf16": Recipe(
        "dogs-vgg",
        "bf16",
        "flower",
        128,
        (
            f"{SOBOL} {FEW} --set space=logit",
            "--method lime --set samples=200 --set seeds=2 --set segmentation=quickshift --set "
            "regressor=lasso",
            "--method hsic --set grid=4 --set masks=192 --set design='latin hypercube' --set width=score",
            "--method hirescam --layer block3_conv3",
            "--method vargrad --set samples=8 --set seed=5",
            "--method deconvnet --class pug",
            "--method scorecam --layer block4_conv3 --set channels=32",
        ),
    ),
}
"""By the name of the bundle."""


def make(name: str, target: Path, work: Path) -> None:
    """Write a bundle."""
    from compute.replay.bundle import Bundle, write_bundle
    from engine.explanation import Explanation
    from engine.images.picture import read_picture

    recipe = RECIPES[name]
    file = small_picture(recipe, work)
    with scheduler_of(recipe) as words:
        folders = [
            folder
            for number in range(len(recipe.questions))
            for folder in answer(recipe, number, file, work / name, words)
        ]
    picture = read_picture(file.read_bytes(), file.name)
    bundle = Bundle(tuple(map(Explanation.load, folders)), {picture.sha256: picture}, {"title": name})
    target.write_bytes(write_bundle(bundle, b""))


def small_picture(recipe: Recipe, folder: Path) -> Path:
    """File with a shipped picture, made small."""
    from samples.library import sample_pixels

    picture = Image.fromarray(sample_pixels(recipe.sample))
    picture.thumbnail((recipe.longest, recipe.longest), Image.Resampling.LANCZOS)
    path = folder / f"{recipe.sample}-small.png"
    picture.save(path)
    return path


@contextmanager
def scheduler_of(recipe: Recipe) -> Iterator[list[str]]:
    """Words that name the cluster, if there is one."""
    os.environ["VITRINE_BACKEND"] = recipe.backend
    if not recipe.on_cluster:
        yield []
        return
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        yield ["--scheduler", cluster.scheduler_address]


def answer(recipe: Recipe, number: int, picture: Path, out: Path, words: list[str]) -> list[Path]:
    """Folders of the explanations that answer a question, in the order of their names."""
    from cli import app

    folder = out / str(number)
    asked = [
        "--model",
        recipe.model,
        "--image",
        str(picture),
        "--out",
        str(folder),
        *shlex.split(recipe.questions[number]),
        *words,
    ]
    app(["explain", *asked], standalone_mode=False)
    return sorted(found.parent for found in folder.rglob("manifest.json"))


def machine_file(folder: Path, name: str) -> Path:
    """Facts of the machine that a bundle was made on: those of its own if it was made alone, else of all."""
    own = folder / f"{name}.{MACHINE}"
    return own if own.exists() else folder / MACHINE


def facts_of_this_machine() -> dict[str, Any]:
    """Processor, instruction sets, caches and cores: libraries choose their kernels, blocks and threads by
    them.
    """
    lines = CPU.read_text().split("\n\n")[0].splitlines() if CPU.is_file() else []
    known = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": [known.get(name, "") for name in NAMED],
        "instructions": sorted(
            flag for flag in known.get("flags", "").split() if INSTRUCTIONS.fullmatch(flag)
        ),
        "caches": [path.read_text().strip() for path in sorted(CACHES.glob("index*/size"))],
        "cores": cores(),
        "graphics_card": Path("/dev/nvidia0").exists(),
    }


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> None:
    """Write the bundles that are named, or all, each in a process of its own; and what they were made on."""
    target, names = Path(sys.argv[1]), sys.argv[2:]
    if len(names) == 1:
        with tempfile.TemporaryDirectory() as work:
            make(names[0], target / f"{names[0]}.zip", Path(work))
        note_machine(target / f"{names[0]}.{MACHINE}")
        return
    for name in names or RECIPES:
        subprocess.run([sys.executable, __file__, str(target), name], check=True)
    if not names:
        for name in RECIPES:
            (target / f"{name}.{MACHINE}").unlink()
        note_machine(target / MACHINE)


def note_machine(path: Path) -> None:
    """Write what this machine is."""
    path.write_text(json.dumps(facts_of_this_machine(), indent=2) + "\n")


if __name__ == "__main__":
    main()
