"""Choice of a preprocessing: how sure the suggested one is, and a warning where another is chosen."""

from compute.doctor.diagnosis import Diagnosis, Remark
from engine.phrase import later

FAR_MORE = 1.5
"""With so many times the merit of another, a preprocessing is very likely the right one."""
LEAST = 0.2
SURE = 0.9
"""In a smaller share of draws, or with another so near, the images do not settle it."""
NEAR = 0.9

_FAR_BETTER = later(
    "On the sample images, answers with {best} are {times} times as informative as with {chosen}: "
    "{best} is likely the right one."
)
_SHOWN = later(
    "Its first layers scale colours themselves and ask for {best}. With {chosen}, its answers are likely "
    "wrong."
)
_HARDLY = later(
    "The sample images hardly tell {best} from {chosen}. Please ask the author of the model, or compare "
    "its answers."
)


def preset_warning(diagnosis: Diagnosis, preset: str) -> Remark | None:
    """A warning where the graph asks for another preprocessing, where answers under another one tell far
    more or hold far better in the mirror, or where it is the suggested one by a hair.
    """
    chosen = diagnosis.trial_of(preset)
    if chosen is None:
        return None
    if diagnosis.shown_preset:
        return _shown_warning(diagnosis.shown_preset, preset)
    best = diagnosis.trials[0]
    if best.merit >= max(FAR_MORE * chosen.merit, LEAST):
        times = round(best.merit / max(chosen.merit, 0.01), 1)
        return Remark(_FAR_BETTER, {"best": best.preset, "chosen": preset, "times": times})
    rival = rival_of(diagnosis)
    if preset != diagnosis.suggested_preset or rival is None:
        return None
    return Remark(_HARDLY, {"best": preset, "chosen": rival})


def _shown_warning(shown: str, preset: str) -> Remark | None:
    return None if preset == shown else Remark(_SHOWN, {"best": shown, "chosen": preset})


def rival_of(diagnosis: Diagnosis) -> str | None:
    """The preprocessing that is about as likely as the suggested one; None where the choice is sure."""
    best, others = diagnosis.trial_of(diagnosis.suggested_preset), diagnosis.trials
    if diagnosis.shown_preset or best is None or best.preset == "file" or not best.pictures:
        return None
    rival = max((trial for trial in others if trial is not best), key=lambda trial: trial.merit, default=None)
    if rival is None or (best.sure >= SURE and rival.merit < NEAR * best.merit):
        return None
    return rival.preset
