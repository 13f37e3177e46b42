"""Memory of a session: every key in one place, and typed ways to read it.

The keys of the widgets of the bar on top and of the pages, which stand in links, are listed here, too.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

Value = TypeVar("Value")

MODEL, CLASSES, SAMPLE = "model", "classes", "sample"
"""Widgets of the bar on top that stand in links; that of the language is in ``words.i18n``."""

ZONE, OTHER, ASK = "zone", "with", "ask"
"""Widgets of the page of zones that stand in links."""

SECOND, CLASS, VERSUS, BESIDE = "second", "class", "versus", "beside"
COLUMNS, METHOD, LAYER, DEPTH = "methods", "method", "layer", "depth"
SAME_SCALE = "scale"
VIEW, ALSO = "view", "also"
"""Widgets of the pages that compare, which stand in links."""

STEPS, MADE, ORDER, LAYER_SCALE = "steps", "made", "order", "layer-scale"
CHANNEL, SHEET_PAGE = "channel", "sheet-page"
SECOND_PICTURE, ROW, COLUMN, KERNEL = "picture-2", "row", "column", "kernel"
"""Widgets of the page of feature maps that stand in links."""

SOURCE, SHELF, FIT = "source", "server-picture", "fit"
"""Where the picture comes from, and which of the server's own; they stand in links, too."""

UPLOAD, CAMERA, PRIVATE, IMAGE = "upload", "camera", "private", "image"
START_FILES = "start-files"
"""Widgets of the bar on top and of the start page that do not."""

PICKER, MAP, SHEET, LARGE = "picker", "map", "sheet", "large"
CELL, WEIGHTS, STRIP, POINTS, SWIPE = "cell", "weights", "strip", "points", "swipe"
"""Components of ours."""

DRAWN, DRAWN_PER, DRAWN_PAGE, DRAWN_ONLY, DRAWN_ONE = "filters", "per", "part", "only", "filter"
"""Widgets of the page of filters, which stand in links."""

EMPTY, STATUS, AGREEMENT, ABOUT_MODEL, NO_LINK = "empty", "map-status", "agreement", "about-model", "no-link"
ALL_MODELS = "all-models"
"""Parts of pages, found by key whatever their words: an answer still to come, how far the large map is."""

GRADING = "grading"
"""Orders of the scorecard that was asked for."""

SANITY = "sanity"
"""Order of the randomisation test that was asked for."""

STEADY, ASIDE = "steady", "_aside"
"""Which map's stability was asked for, and what is run for it beside the maps of the page."""

SEEN_MAPS = "_seen_maps"
"""Coarse maps of earlier questions, by question and setting."""

SETTINGS = "settings"
"""Whether the settings of methods are opened."""

REPORT_TITLE, REPORT_AUTHOR = "report-title", "report-author"
REPORT_REMARKS, REPORT_PICTURES = "report-remarks", "report-pictures"
"""Widgets of the page of the report."""

SLIDES, TOUR = "slides", "tour"
"""Components that show the report as slides, and the start page step by step."""

BATCH_SOURCE, BATCH_FILES, TOP, GRADED = "pictures", "files", "top", "graded"
"""Widgets of the page of many pictures."""

DATA, SPLIT, RIVAL = "data", "split", "rival"
SORT, PAIR, WITH_MAPS = "sort", "pair", "maps"
LAYOUT, DIMENSIONS, COLOUR, SEED = "layout", "dimensions", "colour", "seed"
SLICES, CHECK, ANYWHERE = "slices", "check", "anywhere"
"""Widgets of the pages of data sets, which stand in links."""

SET_FILE, SET_UPLOAD = "set-file", "set-upload"
"""Widgets by which a data set is uploaded, which do not."""

OWN_POINT = "own-point"
"""Which of a person's own images is placed among the points; no link names it."""

MAPS_BY, MAPS_CLASS, MAPS_METHOD = "by", "of-class", "cam"
"""Widgets of the page of strategies, which stand in links."""

CONCEPTS, CONCEPT = "concepts", "concept"
"""Widgets of the page of concepts, which stand in links."""
TCAV_SET, TCAV_CONCEPTS, TCAV_LAYERS, TCAV_VERSUS = "concepts-of", "given", "at", "set-against"
TCAV_RANDOM, TCAV_PLACE, TCAV_PART = "random", "place", "only-part"
TCAV_ROWS, TCAV_COLUMNS, TCAV_OF = "part-rows", "part-columns", "depends"
"""Widgets of the page that tests concepts; the last two do not stand in links."""
LEARN_CLASSIFIERS, LEARN_PCA, LEARN_POOLING, LEARNT_ROW = "classifiers", "pca", "pooling", "learnt-row"
"""Widgets of the page of transfer, which stand in links."""

RUNS, CURVE, RUN_KIND = "runs", "curve", "kind"
RUN_SEARCH, RUN_EPOCHS, RUN_TRIALS = "search", "epochs", "trials"
"""Widgets of the page of experiments, which stand in links."""

MASK_IMAGE, MASK_SORT, REGION_MODEL, REGION = "mask-image", "mask-order", "regions-of", "region"
"""Widgets of the page of segmentation errors, which stand in links."""

EXAMPLES, PARTS, EXAMPLES_OF = "show", "parts", "prototypes-of"
"""Widgets of the page of examples, which stand in links."""

ITEM = "item"
"""Part of a link that names an image of a data set, KEY/NAME."""

DATA_SOURCE = "data"
"""The image comes from a data set."""

OWN_FILE, OWN_HUB = "own-file", "own-hub"
OWN_TITLE, OWN_LICENCE, OWN_SOURCE = "own-title", "own-licence", "own-source"
OWN_NAMES, OWN_NAMES_TEXT, OWN_NAMES_FILE = "own-names", "own-names-text", "own-names-file"
OWN_COLOURS, OWN_HAND, OWN_SIZE, OWN_LAST = "own-colours", "own-hand", "own-size", "own-last"
"""Widgets of the page of own models."""

CHOICE, LIVE = "_choice", "_live"
TRAY, TURNS, LAST_PHOTO, VISITOR = "_tray", "_turns", "_last_photo", "_visitor"
LEAVES, WAITS, PACE = "_leaves", "_waits", "_pace"
ORDERS, DRAFTS, PRIVATE_QUEUE = "_orders", "_drafts", "_private_queue"
SIDES = "_sides"
QUERY_PLACE = "_query_place"
LAST_BEST = "_last_best"
SHOWN = "_shown_zones"
PARAMS = "_params"
BROUGHT, FIRST_MODEL = "_brought", "_first_model"
OWN, OWN_REFUSED, OWN_ADMITTED = "_own", "_own_refused", "_own_admitted"
UPLOADED_SETS, INCOMING, SET_REFUSED = "_uploaded_sets", "_incoming", "_set_refused"
BATCH, BATCH_REFUSED = "_batch", "_batch_refused"
LEARNING, LEARNT = "_learning", "_learnt"
RUN_MODELS, RUN_REFUSED, KEPT_ROWS = "_run_models", "_run_refused", "_kept_rows"
SELECTION, GRID_PAGE, ITEM_LINK = "_selection", "_grid_page", "_item_link"
TILES_PAGE = "_tiles_page"
STRIP_PAGE = "_strip_page"
UNLIKE_IMAGE = "_unlike_image"
SUBJECT, SHOW_OWN = "_subject", "_show_own"
READER, PLACES = "_reader", "_places"
REPORT, REPORT_NOTES, REPORT_TABLES = "_report", "_report_notes", "_report_tables"
GRADES = "_grades"


def recall(key: str, default: Value) -> Value | Any:
    """What is remembered under a key, or the default."""
    return st.session_state.get(key, default)


def remember(key: str, value: Any) -> None:
    """Remember a value."""
    st.session_state[key] = value


def forget(*keys: str) -> None:
    """Forget what is remembered under some keys."""
    for key in keys:
        st.session_state.pop(key, None)


def once(key: str, make: Callable[[], Value]) -> Value:
    """What is remembered under a key, made if it is not there."""
    if key not in st.session_state:
        st.session_state[key] = make()
    return st.session_state[key]
