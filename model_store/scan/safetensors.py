"""Scanner of safetensors: the header has to fit the file."""

from pathlib import Path

from engine.errors import ModelError
from model_store.scan.json import parsed

LARGEST_HEADER = 100 * 2**20


def scan_safetensors(path: Path) -> None:
    """Lets only a file pass that is as long as its header says.

    Raises:
        ModelError: it is not.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if not 2 <= length <= min(LARGEST_HEADER, size - 8):
            raise ModelError(
                "{name} is no safetensors file, or cut off. Please download the model again.", name=path.name
            )
        header = parsed(stream.read(length), path.name)
    try:
        end = max(
            (int(entry["data_offsets"][1]) for name, entry in header.items() if name != "__metadata__"),
            default=0,
        )
    except (TypeError, KeyError, IndexError, ValueError) as error:
        raise ModelError(
            "The header of {name} is damaged. Please download the model again.", name=path.name
        ) from error
    if end != size - 8 - length:
        raise ModelError(
            "{name} is cut off, or longer than it says. Please download the model again.", name=path.name
        )
