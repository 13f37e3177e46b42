"""The model that this session has brought and does not use yet: fetched, examined, or refused."""

from __future__ import annotations

import itertools
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.session.choice import current_choice
from components.session.guard import attempt
from components.session.keys import OWN, OWN_ADMITTED, forget, recall, remember
from components.session.resources import background
from components.session.samples import load_sample, offered
from compute.base.logs import redact_names
from compute.doctor.diagnosis import Diagnosis, Outline
from engine.errors import ModelError, VitrineError
from engine.images.picture import Picture
from engine.phrase import later
from model_store.download.own_hub import fetch_folder, is_repo_id
from model_store.own.model import LONGEST_TITLE, clean
from model_store.own.staging import discard_staged
from model_store.own.store import stage_upload
from samples.trial_images import MIXED, other_images
from settings import MEGABYTE, settings

if TYPE_CHECKING:
    from compute.doctor.doctor import Examination

FETCHING, WAITING = "fetch", "wait"
DOWNLOADS = 2
"""So many models are fetched at the same time; others wait."""

_numbers = itertools.count(1)


@lru_cache(maxsize=1)
def _downloads() -> ThreadPoolExecutor:
    """Threads of their own: what all visitors wait for is not held up by what strangers fetch."""
    return ThreadPoolExecutor(DOWNLOADS, thread_name_prefix="own-model")


class Candidate:
    """A model on its way.

    Args:
        name: what its file or repository is called.
        find: gives the folder or file with its files; it reports the bytes that are there, and all bytes.
        source: where it comes from, as far as that is known.

    Attributes:
        number: no other candidate of this server has it.
        refused: why it was not admitted, after it was examined.
        fetched: bytes that are there, and all of them; 0 while that is unknown.
    """

    def __init__(self, name: str, find: Callable[[Candidate], Path], source: str = "") -> None:
        self.name, self.source, self.number = name, source, next(_numbers)
        self.refused: VitrineError | None = None
        self.fetched = (0, 0)
        self.began = time.monotonic()
        self._cancelled = False
        self._path: Path | None = None
        self._examination: Examination | None = None
        self._before: Examination | None = None
        self._samples = sample_keys()
        threads = _downloads() if source else background()
        self._found: Future[Path] = threads.submit(self._prepare, find)

    def _prepare(self, find: Callable[[Candidate], Path]) -> Path:
        self._path = path = find(self)
        self._examine(path, None)
        return path

    def _examine(self, path: Path, size_hw: tuple[int, int] | None) -> None:
        from compute.doctor.doctor import Examination

        examination = Examination(path, _trial_pictures(self._samples), size_hw)
        weakref.finalize(self, _let_go, path, examination)
        self._examination = examination.start()
        if self._cancelled:
            _let_go(path, examination)

    def examine_at(self, size_hw: tuple[int, int]) -> None:
        """Examine it again, for pictures of a size that was not tried.

        What was found before holds again if it does not run at that size.
        """
        self._before, self.refused = self._examination, None
        self.began = time.monotonic()
        self._examine(self.path, size_hw)

    def report(self, done: int, total: int) -> None:
        """Called by a download.

        Raises:
            ModelError: it is not wanted any more.
        """
        self.fetched = done, total
        if self._cancelled:
            raise ModelError("It was stopped.")

    def kept(self, name: str) -> dict[str, Any]:
        """Settings of a widget about it, whose value stays while one looks at other pages."""
        return {"key": f"{name}-{self.number}", "persist_state": "session"}

    @property
    def stage(self) -> str:
        """What is being done."""
        if self._examination is not None:
            return self._examination.stage
        return FETCHING if self.source else WAITING

    @property
    def outline(self) -> Outline | None:
        """What is known since it was loaded; None before."""
        return self._examination.outline if self._examination is not None else None

    @property
    def done(self) -> bool:
        """Whether there is an outcome."""
        if not self._found.done():
            return False
        return self._found.exception() is not None or (
            self._examination is not None and self._examination.done
        )

    @property
    def path(self) -> Path:
        """Its file or folder, once it is done."""
        return self._found.result()

    def outcome(self) -> Diagnosis | VitrineError:
        """What was found out, or why it cannot be used; once it is done."""
        return attempt(self._diagnosis)

    def _diagnosis(self) -> Diagnosis:
        self._found.result()
        assert self._examination is not None
        try:
            return self._examination.result()
        except ModelError as error:
            if self._before is None:
                raise
            self.refused, self._examination, self._before = error, self._before, None
            return self._examination.result()

    def leave(self) -> None:
        """Stop whatever is done about it, and remove its files."""
        self._cancelled = True
        if self._path is not None and self._examination is not None:
            _let_go(self._path, self._examination)


def _let_go(path: Path, examination: Examination) -> None:
    """Stop an examination and remove what it was of."""
    examination.cancel()
    discard_staged(path)


def _trial_pictures(keys: tuple[str, ...]) -> list[Picture]:
    """Some samples, then images that are only used to tell scalings of colours apart."""
    return [*map(load_sample, keys), *(Picture(pixels, name) for name, pixels in other_images())]


def sample_keys() -> tuple[str, ...]:
    """The samples whose answers are shown; if the chosen picture is a sample, it is the first of them.

    A person's own picture is none of them: the process that examines is given its pictures in a file.
    """
    chosen = current_choice()
    first = [
        key
        for key, sample in offered().items()
        if chosen.picture and not chosen.own and sample.title == chosen.picture.name
    ]
    return tuple(dict.fromkeys((*first, *MIXED)))


def candidate() -> Candidate | None:
    """The one of this session."""
    found: Candidate | None = recall(OWN, None)
    return found


def take_file(data: bytes, name: str) -> None:
    """Examine an uploaded file; the candidate before it is left.

    Raises:
        ModelError: it is too large, or no model.
    """
    redact_names(name)
    path = stage_upload(data, name)
    _take(Candidate(clean(name, LONGEST_TITLE), lambda _candidate: path))


def take_repository(repo_id: str) -> None:
    """Fetch a model of the Hugging Face Hub and examine it; the candidate before it is left.

    Raises:
        ModelError: it is no name of a repository.
    """
    if not is_repo_id(repo_id):
        text = later(
            "A model of the Hugging Face Hub is named owner/name, such as "
            "google/vit-base-patch16-224; received {received!r}."
        )
        raise ModelError(text, received=repo_id[:80])

    def find(asked: Candidate) -> Path:
        return fetch_folder(repo_id, asked.report, settings().own_mb * MEGABYTE)

    _take(Candidate(repo_id.partition("/")[2], find, source=f"Hugging Face, {repo_id}"))


def _take(found: Candidate) -> None:
    discard_candidate()
    forget(OWN_ADMITTED)
    remember(OWN, found)


def discard_candidate() -> None:
    """Leave the candidate, if there is one."""
    found = candidate()
    forget(OWN)
    if found is not None:
        found.leave()
