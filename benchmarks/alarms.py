"""How often each alarm is raised, over samples and methods: alarms must be rare on good maps.

    python -m benchmarks.alarms

The finished passes that come with Vitrine are read for all zones that are not very small; a classifier is
asked about its best class by every method that fits.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from commands.shipped.answers import PAIRS
from compute.run.runners import LocalRunner, Runner, predict_with
from compute.shipped.shelf import shipped_answer
from compute.trust.late_alarms import with_late_alarms
from compute.trust.paid import paid_fidelity
from compute.work.kinds import orders_of
from compute.work.maps import MapRequest, MapView
from compute.work.perturbation import PerturbationView
from compute.work.score_sheet import ScoreSheet
from engine.alarms.table import ALARMS
from engine.errors import GradeError
from engine.explanation import Explanation
from engine.images.picture import Picture
from engine.methods import METHODS
from engine.phrase import Phrase
from engine.target_sets import TargetIndex
from model_store.catalogue import ModelRef, as_seen
from samples.library import sample_pixels

CLASSIFIERS = ("imagenet-lite0", "digits-cnn")


@dataclass
class Tally:
    """Maps that were looked at, and alarms by key.

    Attributes:
        maps: how many.
        quiet: how many raise none.
        raised: how many raise each.
    """

    maps: int = 0
    quiet: int = 0
    raised: Counter[str] = field(default_factory=Counter)

    def add(self, explanation: Explanation) -> None:
        """Count a map."""
        keys = alarm_keys(explanation)
        self.maps += 1
        self.quiet += not keys
        self.raised.update(keys)


def alarm_keys(explanation: Explanation) -> list[str]:
    """Keys of the alarms among the warnings of a map."""
    by_sentence = {alarm.sentence: alarm.key for alarm in ALARMS}
    told = [text.values.get("sentence") for text in explanation.warnings if isinstance(text, Phrase)]
    return [by_sentence[said.text] for said in told if isinstance(said, Phrase)]


def fully_warned(explanation: Explanation, view: MapView[Any, Any], wanted: TargetIndex) -> Explanation:
    """A map with the alarms of its fidelity to its own pass, if it has one."""
    if not isinstance(view, PerturbationView):
        return explanation
    try:
        return with_late_alarms(explanation, paid_fidelity(explanation, view, wanted).percentile)
    except GradeError:
        return explanation


def of_zones(model: str, name: str) -> Iterator[Explanation]:
    """Maps of the zones of a street from the finished pass, and by gradient methods of the largest."""
    ref = ModelRef(model)
    picture = as_seen(ref, Picture(sample_pixels(name), name))
    answer = shipped_answer(ref, picture)
    if answer is None or answer.scores is None or answer.prediction.zones is None:
        return
    view = PerturbationView(answer.order, cast(ScoreSheet, answer.scored(answer.order)))
    for place, zone in enumerate(answer.prediction.zones.zones):
        explanation = view.explain(place)
        if not zone.small and explanation is not None:
            yield fully_warned(explanation, view, place)


def of_class(model: str, name: str, method: str, runner: Runner) -> Iterator[Explanation]:
    """The map of the best class by one method."""
    ref = ModelRef(model)
    picture = as_seen(ref, Picture(sample_pixels(name), name))
    prediction = predict_with(runner, ref, picture)
    row = METHODS[method]
    if prediction.why_not(row) is not None:
        return
    best = int(prediction.class_scores.argmax())
    (order,) = orders_of(MapRequest(ref, row, row.params(), prediction, picture, (best,)))
    view = runner.run(order)
    for wanted, explanation in view.maps(MapRequest(ref, row, row.params(), prediction, picture, (best,))):
        yield fully_warned(explanation, view, wanted)


def counted(maps: Iterator[Explanation], tally: Tally) -> None:
    """Count some maps."""
    for explanation in maps:
        tally.add(explanation)


def print_tally(title: str, tally: Tally) -> None:
    """One line for a tally."""
    raised = ", ".join(f"{key} {count}" for key, count in tally.raised.most_common()) or "none"
    print(f"{title}: {tally.maps} maps, {tally.quiet} without an alarm; {raised}", flush=True)


def main() -> None:
    """Print how often each alarm is raised."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alarms", description=__doc__)
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    options = parser.parse_args()
    for model in PAIRS:
        streets = Tally()
        for name in PAIRS[model]:
            counted(of_zones(model, name), streets)
        if streets.maps:
            print_tally(f"{model}, finished Sobol passes", streets)
    runner, whole = LocalRunner(), Tally()
    for method in options.methods:
        tally = Tally()
        for model in CLASSIFIERS:
            for name in PAIRS[model]:
                counted(of_class(model, name, method, runner), tally)
        print_tally(method, tally)
        whole = Tally(whole.maps + tally.maps, whole.quiet + tally.quiet, whole.raised + tally.raised)
    print_tally("all methods", whole)


if __name__ == "__main__":
    main()
