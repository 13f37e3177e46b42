"""Command that writes rendered scenes to disk: `python -m samples.scenes --count 20 --out DIR`."""

import argparse
from pathlib import Path

from PIL import Image

from samples.scenes import render_scene


def _size_hw(text: str) -> tuple[int, int]:
    """Reads HxW."""
    height, separator, width = text.lower().partition("x")
    if not (separator and height.isdigit() and width.isdigit() and min(int(height), int(width)) >= 32):
        raise argparse.ArgumentTypeError(
            f"expected HEIGHTxWIDTH with at least 32 pixels each, such as 512x1024; received {text!r}"
        )
    return int(height), int(width)


def _count(text: str) -> int:
    """Reads a number that is not negative."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 on; received {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    """Describes the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m samples.scenes", description="Render street scenes with their labels."
    )
    parser.add_argument("--count", type=_count, default=10, help="number of scenes (default: %(default)s)")
    parser.add_argument(
        "--size", type=_size_hw, default=(512, 1024), help="HEIGHTxWIDTH in pixels (default: 512x1024)"
    )
    parser.add_argument(
        "--first-seed", type=_count, default=0, help="seed of the first scene (default: %(default)s)"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder that receives images/ and labels/")
    return parser


def write_scenes(out: Path, seeds: range, size_hw: tuple[int, int]) -> None:
    """Renders scenes into images/scene_SEED.png and labels/scene_SEED.png, the labels as one channel of
    category numbers.

    Args:
        out: Folder, made where it is missing.
        seeds: Seeds of the scenes.
        size_hw: Size in pixels.
    """
    for name in ("images", "labels"):
        (out / name).mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        scene = render_scene(seed, size_hw)
        name = f"scene_{seed:05d}.png"
        Image.fromarray(scene.pixels).save(out / "images" / name)
        Image.fromarray(scene.labels).save(out / "labels" / name)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command."""
    options = _parser().parse_args(arguments)
    write_scenes(options.out, range(options.first_seed, options.first_seed + options.count), options.size)
    print(f"Wrote {options.count} scenes to {options.out}.")


if __name__ == "__main__":
    main()
