"""Sentences for an examination that ended without a diagnosis."""

import signal
import sys
from pathlib import Path

from compute.doctor.scan_limit import scan_seconds
from engine.errors import ModelError
from settings import VARIABLES, settings


def stopped() -> ModelError:
    """Somebody left it."""
    return ModelError("The examination was stopped.")


def too_slow() -> ModelError:
    """It took more time than it may."""
    return ModelError(
        "The examination took more than {seconds} s and was stopped. Please add a smaller model, "
        "or ask for a higher {variable}.",
        seconds=settings().examine_seconds,
        variable=VARIABLES["examine_seconds"],
    )


def too_large() -> ModelError:
    """It took more memory than it may."""
    return ModelError(
        "The model needs more than the {megabytes} MB that an examination may use, and was "
        "stopped. Please add a smaller model, or ask for a higher {variable}.",
        megabytes=settings().examine_mb,
        variable=VARIABLES["examine_mb"],
    )


def _scanned_too_long(path: Path) -> ModelError:
    return ModelError(
        "Scanning the file took more than {seconds} s of processor time and was stopped: it is "
        "damaged, or built to take long. Please save or copy the model again.",
        seconds=round(scan_seconds(path)),
    )


def ended(code: int, path: Path) -> ModelError:
    """Why the process that examined a model has ended without a word, by its exit code."""
    if code == -getattr(signal, "SIGVTALRM", sys.maxsize):  # Windows has no such signals
        return _scanned_too_long(path)
    if code == -getattr(signal, "SIGXCPU", sys.maxsize):
        return too_slow()
    if code >= 0:
        return ModelError(
            "The model cannot be examined; the reason is in the server's log. Please save it again."
        )
    return ModelError(
        "The model ended the process that examined it (code {code}): its file is damaged, or it "
        "needs more than {megabytes} MB. Nothing else was touched. Please save the model again, or "
        "add a smaller one.",
        code=code,
        megabytes=settings().examine_mb,
    )
