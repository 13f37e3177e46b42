"""The same tasks without a cluster, for the command line and for notebooks."""

from __future__ import annotations

from collections.abc import Callable

from compute.base.store import ResultStore
from compute.results.score_sheet import find_scores, keep_scores
from compute.results.sum_sheet import GrowingSums, SummedView
from compute.scheduling.filter_jobs import FilterView
from compute.scheduling.handles import PassView
from compute.work.filters import FilterOrder, FilterSheet, find_drawings, keep_drawings
from compute.work.gradients import GradientOrder, GradientSpec, GradientView
from compute.work.specs import PassOrder, PassSpec, Prediction, chunk_runs
from compute.work.summed import SummedOrder, SummedSpec
from compute.worker.features import FeatureSpec, Found, look_inside
from compute.worker.filter_tasks import glance_at, go_on_drawing, start_drawing
from compute.worker.tasks import predict, score_chunk, sum_chunk, watch_layers
from engine.images.picture import Picture
from model_store.catalogue import ModelRef

OnProgress = Callable[[PassView], None]
OnSteps = Callable[[FilterView], None]
OnSums = Callable[[SummedView], None]


def predict_locally(ref: ModelRef, picture: Picture) -> Prediction:
    """What a model answers for a picture; it is loaded into this process.

    Raises:
        VitrineError: as in a worker.
    """
    return predict(ref, picture)


def run_pass_locally(
    spec: PassSpec,
    prediction: Prediction,
    picture: Picture,
    store: ResultStore | None = None,
    on_progress: OnProgress | None = None,
) -> PassView:
    """Run a pass in this process, or find it finished in the store.

    Args:
        spec: the method.
        prediction: of the same model on the same picture.
        picture: the picture.
        store: where finished passes are kept, or None.
        on_progress: called after each chunk; what it raises ends the pass.

    Raises:
        VitrineError: as in a worker.
    """
    order = PassOrder(spec, prediction, picture)
    sheet = find_scores(store, order)
    view = PassView(sheet, spec)
    if sheet.complete:
        return view
    for runs in sheet.missing(chunk_runs(prediction.seconds_per_run)):
        sheet.add(score_chunk(runs, spec, prediction.targets, picture))
        if on_progress:
            on_progress(view)
    keep_scores(store, sheet)
    return view


def run_features_locally(spec: FeatureSpec[Found], picture: Picture) -> Found:
    """Answer a question about the inside of a model in this process.

    Raises:
        VitrineError: as in a worker.
    """
    return look_inside(spec, picture)


def run_filters_locally(
    order: FilterOrder, store: ResultStore | None = None, on_progress: OnSteps | None = None
) -> FilterView:
    """Draw what some channels look for in this process, as far as the store does not have it.

    Args:
        order: what is asked.
        store: where finished pictures are kept, or None.
        on_progress: called after each task; what it raises ends the drawing.

    Raises:
        VitrineError: as in a worker.
    """
    spec, sheet = order.spec, FilterSheet(order, find_drawings(store, order))
    view = FilterView(sheet)
    for batch in order.batches(sheet.drawings):
        canvas = start_drawing(spec.ref, order.layer, batch, spec.params)
        sheet.add(glance_at(canvas))
        while canvas.step < spec.params.steps:
            canvas = go_on_drawing(canvas, spec.ref, order.layer, spec.params)
            sheet.add(glance_at(canvas))
            if on_progress:
                on_progress(view)
        keep_drawings(store, sheet, batch)
    return view


def run_gradients_locally(spec: GradientSpec, prediction: Prediction, picture: Picture) -> GradientView:
    """Run a gradient pass in this process.

    Raises:
        VitrineError: as in a worker.
    """
    order = GradientOrder(spec, prediction, picture)
    return GradientView(order, watch_layers(order.resolved, prediction.targets, picture))


def run_summed_locally(
    spec: SummedSpec,
    prediction: Prediction,
    picture: Picture,
    on_progress: OnSums | None = None,
    step: int | None = None,
) -> SummedView:
    """Run a summed pass in this process.

    Args:
        spec: what is asked.
        prediction: of the same model on the same picture.
        picture: the picture.
        on_progress: called after each chunk; what it raises ends the pass.
        step: runs of a chunk; as many as take about a second if None.

    Raises:
        VitrineError: as in a worker.
    """
    order = SummedOrder(spec, prediction, picture)
    growing = GrowingSums(order, step)
    view = SummedView(order, growing)
    for span in growing.chunks:
        growing.add(sum_chunk(span, order.resolved, prediction.targets, picture))
        if on_progress:
            on_progress(view)
    return view
