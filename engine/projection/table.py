"""THE table of layouts of features. Light: what a layout needs is imported when it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from engine.arrays import Floats
from engine.errors import ParamsError
from engine.params import Params
from engine.phrase import Phrase, later
from engine.projection import layouts
from engine.projection.params import PacmapParams, PcaParams, TsneParams, UmapParams

Layout = Callable[[Floats, Any, int, int], Floats]
"""Points float32 (N, dimensions) of features float32 (N, F), all finite and different, with parameters, the
number of dimensions and a seed. The same seed gives the same points.
"""

MISSING = later(
    "{method} needs the library {library}, which is not installed: pip install {library}=={version}."
)
DISTANCES = "Distances between groups and sizes of groups say little: loose and dense groups are drawn alike."
SEEDS = "Another seed gives another layout; what appears in only one of them is not in the data."


@dataclass(frozen=True, kw_only=True, eq=False)
class ProjectionMethod:
    """A way to lay out features.

    Attributes:
        key: name in links, files and on the command line.
        title: name for people.
        paper, year, url: source.
        params: type of its parameters.
        layout: how it runs.
        how_to_read: what nearness and directions mean.
        caveats: what the picture does not say.
        least: number of different images that it needs.
        reduced: whether the features are reduced to 50 by PCA before.
        library, version: what has to be installed for it, where that does not come with Vitrine; or "".
    """

    key: str
    title: str
    paper: str
    year: int
    url: str
    params: type[Params]
    layout: Layout
    how_to_read: tuple[str, ...]
    caveats: tuple[str, ...]
    least: int = 10
    reduced: bool = True
    library: str = ""
    version: str = ""

    def why_not(self) -> str | None:
        """The reason why it cannot run here, or None if it can."""
        if not self.library or find_spec(self.library.partition("-")[0]):
            return None
        return Phrase(MISSING, method=Phrase(self.title), library=self.library, version=self.version)


ROWS = (
    ProjectionMethod(
        key="pca",
        title="PCA",
        paper="Pearson: On lines and planes of closest fit to systems of points in space",
        year=1901,
        url="https://doi.org/10.1080/14786440109462720",
        params=PcaParams,
        layout=layouts.pca,
        least=2,
        reduced=False,
        how_to_read=(
            "The view in which the features spread most. Its axes are directions in feature space.",
            "Points that lie apart are apart in the features, too.",
        ),
        caveats=("Points that lie together may be far apart in directions that are not drawn.",),
    ),
    ProjectionMethod(
        key="pacmap",
        title="PaCMAP",
        paper="Wang, Huang, Rudin and Shaposhnik: Understanding How Dimension Reduction Tools Work",
        year=2021,
        url="https://jmlr.org/papers/v22/20-1061.html",
        params=PacmapParams,
        layout=layouts.pacmap,
        how_to_read=(
            "Near points have similar features. How groups lie to each other is kept better than by t-SNE.",
            "The quickest after PCA: a draft of the whole data set.",
        ),
        caveats=(DISTANCES, SEEDS),
    ),
    ProjectionMethod(
        key="tsne",
        title="t-SNE",
        paper="van der Maaten and Hinton: Visualizing Data using t-SNE",
        year=2008,
        url="https://jmlr.org/papers/v9/vandermaaten08a.html",
        params=TsneParams,
        layout=layouts.tsne,
        how_to_read=(
            "Near points have similar features. Of all layouts here it keeps the most nearest neighbours.",
        ),
        caveats=(DISTANCES, SEEDS, "In three dimensions it takes many times as long."),
    ),
    ProjectionMethod(
        key="umap",
        title="UMAP",
        paper="McInnes, Healy and Melville: UMAP: Uniform Manifold Approximation and Projection",
        year=2018,
        url="https://arxiv.org/abs/1802.03426",
        params=UmapParams,
        layout=layouts.umap,
        how_to_read=("Near points have similar features; groups are drawn tighter than they are.",),
        caveats=(DISTANCES, SEEDS),
        library="umap-learn",
        version="0.5.12",
    ),
)
PROJECTIONS: dict[str, ProjectionMethod] = {row.key: row for row in ROWS}


def get_projection(key: str) -> ProjectionMethod:
    """The layout with a key.

    Raises:
        ParamsError: there is none.
    """
    if key not in PROJECTIONS:
        raise ParamsError(
            "There is no layout {key!r}; there are {known}.", key=key, known=", ".join(PROJECTIONS)
        )
    return PROJECTIONS[key]
