import gc
import weakref

from components.explain.answers import remembered


class Job:
    """A job whose map is another one with each run."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self):
        self.reads += 1
        return [self.reads]


def test_a_map_is_read_again_only_when_runs_were_added():
    job, other = Job(), Job()
    first = remembered(job, 0, 16, job.read)
    assert remembered(job, 0, 16, job.read) is first
    assert remembered(job, 1, 16, job.read) is not first, "another target"
    assert remembered(other, 0, 16, other.read) is not first, "another job"
    assert remembered(job, 0, 32, job.read) == [3]
    assert (job.reads, other.reads) == (3, 1)


def test_it_is_forgotten_with_its_job():
    job = Job()
    gone = weakref.ref(job)
    remembered(job, 0, 16, lambda: None)
    del job
    gc.collect()
    assert gone() is None
