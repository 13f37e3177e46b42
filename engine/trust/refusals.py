"""Why a map cannot be graded, in sentences."""

from engine.phrase import later

FLAT_MAP = later("The map is the same everywhere, so it says nothing that could be true or false.")
NOT_FINITE = later("The map has values that are not numbers. Please compute it again.")
FLAT_SCORE = later("The score was the same in all model evaluations, so no map can be graded on them.")
TOO_FEW = later("There are only {runs} model evaluations to grade the map on; {fewest} are needed.")
ONE_SAMPLE = later(
    "This pass is one sample of masks. It cannot grade its own map: grade it on a pass of another method."
)
TOO_EARLY = later("Half of the model evaluations are not enough for a map of this method yet.")
