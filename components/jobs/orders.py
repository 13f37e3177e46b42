"""What a page offers to start, to stop and to take up again, whichever pass it is."""

from __future__ import annotations

from typing import Protocol

from components.session.choice import Choice


class LongOrder(Protocol):
    """Work that may take long."""

    @property
    def choice(self) -> Choice:
        """Model and picture."""
        ...

    @property
    def key(self) -> tuple[object, ...]:
        """Equal keys are the same work."""
        ...

    @property
    def title(self) -> str:
        """The method's name."""
        ...

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        ...

    @property
    def cost(self) -> str:
        """Its cost in words."""
        ...

    def start(self) -> None:
        """Start it, or join it where somebody else has started it."""
        ...

    def stop(self) -> None:
        """End it where it is; what it has so far stays."""
        ...

    def give_up(self) -> None:
        """Leave it."""
        ...
