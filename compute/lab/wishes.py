"""What people may ask of a training: that it pauses or stops."""

from dataclasses import replace

from compute.lab.table import find_run
from engine.errors import ExperimentError
from engine.phrase import Phrase, later
from experiments.folders import write_experiment
from experiments.process import WISHES, express_wish

_SAID = {
    "pause": later("{key} pauses after the batch that it is at."),
    "stop": later("{key} ends after the batch that it is at."),
}


def ask_for(key: str, wish: str) -> Phrase:
    """Ask a training to pause or to stop; one that is paused is stopped at once.

    Raises:
        ExperimentError: there is no such run, or nothing is at work.
    """
    run = find_run(key)
    assert run.experiment is not None
    state = run.experiment.state
    if state == "paused" and wish == "stop":
        write_experiment(replace(run.experiment, state="stopped"), run.folder)
        return Phrase("{key} is stopped.", key=key)
    if state != "running":
        raise ExperimentError(
            "Experiment {key} is not being trained; it is {state}.", key=key, state=Phrase(state)
        )
    express_wish(run.folder, next(known for known in WISHES if known == wish))
    return Phrase(_SAID[wish], key=key)
