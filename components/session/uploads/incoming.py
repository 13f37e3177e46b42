"""The upload that this session has under way: written down, unpacked, read, or refused."""

from __future__ import annotations

import os
import secrets
import time
import weakref
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from components.session.guard import attempt
from components.session.keys import INCOMING, SET_REFUSED, forget, recall, remember
from components.session.uploads.uploaded_sets import MARK, MOST, UploadedSet, uploaded_sets
from compute.base.logs import redact_names
from data_store.uploads.folders import remove_folder, room_left, upload_folder
from engine.errors import DataSetError, VitrineError
from engine.images.files import plain_name
from settings import MEGABYTE, settings

if TYPE_CHECKING:
    from compute.unpacking.unpacking import Unpacking, UnpackingProgress, UploadTask

LONGEST_TITLE = 60
_ZIP = "upload.zip"


class IncomingSet:
    """An upload on its way, or one that is read again as another kind.

    Args:
        name: what its file is called.
        task: what is done.
        before: the data set that it is, where it is read again.

    Attributes:
        began: when, in seconds of ``monotonic``.
    """

    def __init__(self, name: str, task: UploadTask, before: UploadedSet | None = None) -> None:
        from compute.unpacking.unpacking import Unpacking

        self.name, self.before, self._task = name, before, task
        self.began = time.monotonic()
        self._unpacking: Unpacking = Unpacking(task, partial(room_left, task.taken))
        folder = task.folder if before is None else None
        self._finalizer = weakref.finalize(self, _let_go, self._unpacking, folder)
        self._unpacking.start()

    @property
    def done(self) -> bool:
        """Whether there is an outcome."""
        return self._unpacking.done

    @property
    def progress(self) -> UnpackingProgress:
        """How far it is."""
        return self._unpacking.progress

    def adopt(self) -> str:
        """Make it a data set of the session; its key.

        Raises:
            DataSetError: it cannot be used; the sentence says why.
        """
        reading = self._unpacking.result()
        if self.before is not None:
            self.before.read_as(reading)
        else:
            uploaded_sets().add(UploadedSet(self._task.folder, reading))
            self._finalizer.detach()
        return reading.data.key

    def leave(self) -> None:
        """Stop it, and remove what it has written."""
        self._finalizer()


def _let_go(unpacking: Unpacking, folder: Path | None) -> None:
    unpacking.cancel()
    if folder is not None:
        remove_folder(folder)


def incoming_set() -> IncomingSet | None:
    """The one of this session."""
    found: IncomingSet | None = recall(INCOMING, None)
    return found


def take_zip(data: bytes, name: str, private: bool) -> None:
    """Unpack an uploaded file; the upload before it is left.

    Args:
        data: the file.
        name: what it is called.
        private: nothing of it may be on a disk.

    Raises:
        DataSetError: it is too large, or cannot be written down.
    """
    from compute.unpacking.unpacking import UploadTask

    redact_names(name)
    _check(len(data))
    folder = upload_folder(private)
    path = folder / _ZIP
    try:
        with open(path, "xb", opener=_open_for_us) as file:
            file.write(data)
    except OSError as error:
        remove_folder(folder)
        raise DataSetError(
            "The data set cannot be written here: {reason}.", reason=error.strerror or error
        ) from error
    title = plain_name(name).rpartition(".")[0][:LONGEST_TITLE] or "ZIP"
    task = UploadTask(folder, MARK + secrets.token_hex(16), title, path, taken=uploaded_sets().nbytes)
    _begin(IncomingSet(name, task))


def _check(nbytes: int) -> None:
    most = settings().data_zip_mb
    if nbytes > most * MEGABYTE:
        raise DataSetError(
            "This ZIP has {size} MB; at most {most} MB are taken. Please upload a part of it.",
            size=-(-nbytes // MEGABYTE),
            most=most,
        )
    if len(uploaded_sets().sets) >= MOST:
        raise DataSetError(
            "This session has {count} uploaded data sets already. Please remove one first.", count=MOST
        )
    if room_left(uploaded_sets().nbytes) < nbytes:
        raise DataSetError("There is no room for this data set now. Please remove one, or try again later.")


def _open_for_us(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def read_again(found: UploadedSet, kind: str) -> None:
    """Read a data set of this session as another kind."""
    from compute.unpacking.unpacking import UploadTask

    task = UploadTask(found.folder, found.data.key, found.data.title, kind=kind)
    _begin(IncomingSet(found.data.title, task, found))


def _begin(incoming: IncomingSet) -> None:
    leave_incoming()
    remember(INCOMING, incoming)


def adopted_key() -> str | None:
    """The key of an upload that has just become a data set; why it could not is kept to be said."""
    incoming = incoming_set()
    if incoming is None or not incoming.done:
        return None
    outcome = attempt(incoming.adopt)
    leave_incoming()
    if isinstance(outcome, VitrineError):
        remember(SET_REFUSED, (incoming.name, outcome))
        return None
    return outcome


def leave_incoming() -> None:
    """Leave the upload that is under way, and what was said of the last one."""
    incoming = incoming_set()
    forget(INCOMING, SET_REFUSED)
    if incoming is not None:
        incoming.leave()


def remove_all_uploads() -> tuple[str, ...]:
    """Remove all uploads of this session; the digests of their items."""
    leave_incoming()
    own = uploaded_sets()
    digests = tuple(digest for one in own.sets.values() for digest in one.data.item_digests)
    own.remove(list(own.sets))
    return digests
