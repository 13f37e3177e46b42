"""The simulated cluster: whole rounds of tasks, what is read off them, and a small one that really runs."""

import pytest

from benchmarks.server.simulated import (
    LENGTHS,
    SIZE,
    WORKERS,
    Load,
    conclusion,
    measure,
    row_of,
    simulated_cluster,
    spec_of,
)
from benchmarks.server.sleepers import SleepOrder, SleepSpec, sleep_and_answer

HALF = Load(SleepSpec(tasks=640, seconds=0.5, size=1000), 10.0, scheduler_seconds=1.28, server_seconds=0.64)
"""64 workers that need 5 s for their tasks and take 10; 2 ms of the scheduler for each, 1 of the server."""


def test_every_worker_has_as_many_tasks():
    specs = [spec_of(seconds, SIZE, number) for number, seconds in enumerate(LENGTHS)]
    assert all(spec.tasks % WORKERS == 0 for spec in specs)
    assert len({SleepOrder(spec).key for spec in specs}) == len(LENGTHS)


def test_the_busier_process_says_how_many_tasks_a_second_there_can_be():
    assert (HALF.busy, HALF.limit) == (0.5, 500)
    assert row_of(HALF) == ["0.5", "1,000", "640", "64", "50%", "2.00", "1.00"]
    said = conclusion([HALF, Load(SleepSpec(64, 2.0, 1000), 2.1, 0.1, 0.1)])
    assert "2 s and more keep them busy" in said and "500 tasks a second" in said and "0.13 s or more" in said
    assert "no length keeps" in conclusion([HALF])


def test_a_task_sleeps_and_answers_with_its_bytes_and_its_sheet_counts_it():
    spec = SleepSpec(2, 0.0, 7)
    answer, sheet = sleep_and_answer((1,), spec), SleepOrder(spec).sheet()
    assert answer.shape == (7,) and sheet.missing() == [(0,), (1,)] and not sheet.complete
    sheet.add((1,), answer)
    assert sheet.has((1,)) and sheet.missing([(0,)]) == [] and sheet.progress("running").share == 0.5


@pytest.mark.processes
def test_the_queue_runs_them_on_a_cluster_whose_workers_share_a_process():
    with simulated_cluster(workers=4, hosts=1) as (queue, scheduler):
        found = measure(queue, scheduler, SleepSpec(8, 0.05, 1000))
    assert found.seconds >= 2 * 0.05 and found.scheduler_seconds > 0
