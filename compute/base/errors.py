"""Errors of long work that a user can meet."""

from engine.errors import VitrineError
from engine.phrase import later

LOST = later(
    "The computing service stopped during this computation. Please start it again: the service "
    "recovers by itself."
)
NOT_INSTALLED = later(
    "The workers of the computing cluster lack the module {module}. Please install this project "
    "there, in the same version."
)
KILLED = later(
    "The computing process was ended {times} times during this work, often for lack of memory. "
    "Please select a smaller model or image, or close other programs."
)
TOO_LARGE = later(
    "This needs more memory than a computing process may use. Please select a smaller model or image."
)


class ClusterError(VitrineError):
    """The cluster cannot be started or reached, or went away."""


class TaskError(VitrineError):
    """A task failed for a reason that is no news for the user.

    Its text is generic; ``trace`` travels with it, so that the server's log has it wherever the task ran.
    """

    def __init__(self, trace: str = "") -> None:
        super().__init__("Something went wrong while computing. The details are in the server's log.")
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.trace,)
