"""How work becomes tasks of Dask, and how urgent they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from distributed import Client, Future

from compute.work.gradients import GradientOrder
from compute.work.specs import PassOrder, Span
from compute.work.summed import SummedOrder
from compute.worker.tasks import identity, watch_layers
from engine.images.picture import Picture
from engine.model import ModelFacts
from engine.target_sets import TargetSet

URGENT, BRIEF, FOREGROUND, BACKGROUND, DRAFT = 10, 5, 0, -10, -20
"""Priorities: predictions, gradients, which take a second, passes that somebody waits for, those that can
wait, those nobody asked for.
"""

FIRST_TURN, LATER = 4, 0.01
"""Chunks of a pass that come before the later ones of every other pass as urgent, and how much less urgent
each further turn is.
"""

RETRIES = 1
Task = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Look:
    """A task about one picture.

    Attributes:
        task: takes what is asked, and the picture.
        asked: the model, or a question about it.
        key: of the job, given what is known of the model.
        priority, retries: as Dask takes them.
    """

    task: Task
    asked: Any
    key: Callable[[ModelFacts], str]
    priority: int
    retries: int = RETRIES

    def submit(self, client: Client, key: str, picture: Picture) -> Mapping[str, Future]:
        """Its only future."""
        laid_out = lay_out(client, picture, self.priority)
        return {
            "answer": client.submit(
                self.task, self.asked, laid_out, key=key, retries=self.retries, priority=self.priority
            )
        }


@dataclass(frozen=True, eq=False)
class Chunks:
    """The chunks of a pass.

    Attributes:
        task: takes the runs of a chunk.
        order: what is asked.
        runs: of a chunk; the first ones may have fewer.
        behind: turns that it waits longer, because another pass is about to do some of the same runs.
    """

    task: Task
    order: PassOrder | SummedOrder
    runs: int
    behind: int = 0

    def submit(self, client: Client, key: str, spans: Sequence[Span], priority: int) -> Mapping[Span, Future]:
        """The futures of some chunks; Dask would keep the priority that it knows of a key."""
        targets, picture = (
            lay_out(client, value, priority) for value in (self.order.prediction.targets, self.order.picture)
        )
        futures: list[Future] = []
        for turn, part in turns(spans, self.runs):
            # one graph: Dask sees how many there are, and keeps those that have to wait in its own queue
            futures += client.map(
                self.task,
                part,
                spec=self.order.resolved,
                targets=targets,
                picture=picture,
                key=[(key, priority, *span) for span in part],
                retries=RETRIES,
                priority=priority - LATER * (turn + self.behind),
            )
        return dict(zip(spans, futures, strict=True))


def turns(spans: Sequence[Span], runs: int) -> Iterator[tuple[int, list[Span]]]:
    """Chunks, of so many runs each, by the turn that they belong to, which is as long as all before: who has
    had less is served first.
    """
    return (
        (turn, list(part))
        for turn, part in groupby(spans, lambda span: (span[0] // (FIRST_TURN * runs)).bit_length())
    )


def submit_gradients(client: Client, key: str, order: GradientOrder, priority: int) -> Mapping[str, Future]:
    """The only future of a gradient pass."""
    shared = [lay_out(client, value, priority) for value in (order.prediction.targets, order.picture)]
    return {
        "answer": client.submit(
            watch_layers, order.resolved, *shared, key=key, retries=RETRIES, priority=priority
        )
    }


def lay_out(client: Client, value: TargetSet | Picture, priority: int) -> Future:
    """Targets or a picture as a task that several orders share.

    Its key is a group of its own for Dask, which queues the chunks of a pass, so that more urgent work
    overtakes them, only while the groups that they need are small.
    """
    name = f"picture-{value.sha256}" if isinstance(value, Picture) else f"targets-{value.digest}"
    return client.submit(identity, value, key=(name, 0), priority=priority)
