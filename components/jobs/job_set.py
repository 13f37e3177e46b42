"""The jobs of a session: what its page shows is kept going, everything else is let go."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.jobs.absent import Jobs
from components.session.keys import once
from compute.scheduling.subscription import Subscription


class JobSet:
    """Jobs of one kind by the key of what was ordered, in the session's memory under a name."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def _jobs(self) -> Jobs:
        context = get_script_run_ctx(suppress_warning=True)
        found: Jobs = once(self._name, lambda: Jobs(context.session_id if context else ""))
        return found

    def get(self, key: Hashable) -> Any | None:
        """The job of a key, or None."""
        return self._jobs.get(key)

    def start(self, key: Hashable, submit: Callable[[], Subscription[Any]]) -> None:
        """Put another job in the place of a key."""
        self.let_go(key)
        self._jobs[key] = submit()

    def let_go(self, *keys: Hashable) -> None:
        """Leave the jobs of some keys."""
        self._jobs.let_go(*keys)

    def stop(self) -> None:
        """End all jobs where they are; they keep their places, so that none is started again by itself."""
        for job in self._jobs.values():
            job.cancel()

    def keep_only(self, keys: Iterable[Hashable]) -> None:
        """Leave all jobs but those of some keys."""
        wanted = set(keys)
        self.let_go(*[key for key in self._jobs if key not in wanted])

    def keep_where(self, wanted: Callable[[Any], bool]) -> None:
        """Leave all jobs whose key is not wanted."""
        self.keep_only([key for key in self._jobs if wanted(key)])
