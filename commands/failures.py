"""Disks that are full, read-only or out of bounds, in words."""

import errno
import os

REFUSALS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
SENTENCE = (
    "{place} cannot be written to: {reason}. What was written before is still there, the last "
    "file may be incomplete. "
    "Please make space or choose another folder, and run the command again."
)


def said_of(error: OSError) -> str | None:
    """The sentence for a disk that refuses; None where it is something else."""
    if error.errno not in REFUSALS:
        return None
    place = str(error.filename) if error.filename else "The disk"
    return SENTENCE.format(place=place, reason=os.strerror(error.errno))
