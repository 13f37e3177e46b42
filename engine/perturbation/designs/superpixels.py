"""Superpixels: a picture cut into pieces that belong together, by the algorithms of scikit-image."""

from collections.abc import Callable

import numpy as np

from engine.arrays import AnyInts, Floats, Ints
from engine.errors import ParamsError
from engine.perturbation.designs.cells import Superpixels
from engine.perturbation.designs.superpixel_params import PieceParams, SuperpixelParams
from engine.phrase import Phrase, later

MIN_PIECES, FEW_PIECES, MAX_PIECES = 2, 5, 500
SAMPLES_PER_PIECE = 10

ONE = later(
    "The image gave a single superpixel, but only several can be compared. Please select other "
    "superpixels or another image."
)
TOO_MANY = later(
    "The image gave {pieces} superpixels, more than {limit}. Please select parameters that give larger ones."
)
FEW = later(
    "There are only {pieces} superpixels, so each covers a large part of the image. Select "
    "parameters that give more."
)
THIN = later(
    "{samples} samples for {pieces} superpixels are fewer than 10 for each. Take more samples, or "
    "larger superpixels."
)


def superpixels(params: SuperpixelParams, image: Floats) -> Ints:
    """Cut a picture into superpixels.

    SLIC (Achanta et al. 2012, https://doi.org/10.1109/TPAMI.2012.120), quickshift (Vedaldi and Soatto 2008,
    https://doi.org/10.1007/978-3-540-88693-8_52) or the graph-based method of Felzenszwalb and Huttenlocher
    (2004, https://doi.org/10.1023/B:VISI.0000022288.19776.77). Labels are counted from 0 whatever the
    algorithm does: methods hide superpixels 0 to P-1.

    Args:
        params: algorithm and its parameters.
        image: float32 (H, W, 3), RGB 0-255, at the size at which the model looks.

    Returns:
        int32 (H, W), 0 to P-1, each of them somewhere.
    """
    pieces = ALGORITHMS[params.segmentation](params, image / np.float32(255))
    return np.unique(pieces, return_inverse=True)[1].reshape(image.shape[:2]).astype(np.int32)


def _slic(params: SuperpixelParams, image: Floats) -> AnyInts:
    from skimage.segmentation import slic

    return slic(
        image, n_segments=params.n_segments, compactness=params.compactness, sigma=params.sigma, start_label=0
    )


def _quickshift(params: SuperpixelParams, image: Floats) -> AnyInts:
    from skimage.segmentation import quickshift

    return quickshift(
        image,
        ratio=params.ratio,
        kernel_size=params.kernel_size,
        max_dist=params.max_dist,
        sigma=params.sigma,
    )


def _felzenszwalb(params: SuperpixelParams, image: Floats) -> AnyInts:
    from skimage.segmentation import felzenszwalb

    return felzenszwalb(image, scale=params.scale, sigma=params.sigma, min_size=params.min_size)


ALGORITHMS: dict[str, Callable[[SuperpixelParams, Floats], AnyInts]] = {
    "slic": _slic,
    "quickshift": _quickshift,
    "felzenszwalb": _felzenszwalb,
}


def superpixel_cells(params: SuperpixelParams, image: Floats) -> Superpixels:
    """The superpixels of a picture as the cells that a method hides.

    Args:
        params: algorithm and its parameters.
        image: float32 (H, W, 3), RGB 0-255, at the size at which the model looks.

    Raises:
        ParamsError: a single one, or too many.
    """
    cells = Superpixels(superpixels(params, image))
    check_pieces(cells.count)
    return cells


def check_pieces(pieces: int) -> None:
    """Refuse a number of superpixels with which no comparison makes sense.

    Raises:
        ParamsError: a single one, or too many.
    """
    if pieces < MIN_PIECES:
        raise ParamsError(ONE)
    if pieces > MAX_PIECES:
        raise ParamsError(TOO_MANY, pieces=pieces, limit=MAX_PIECES)


def advise(params: PieceParams, pieces: int, drawn: bool = True) -> tuple[str, ...]:
    """What is to be said about a number of superpixels before the first run is paid: too few, or too few
    samples if samples are drawn.
    """
    checks = ((pieces < FEW_PIECES, FEW), (drawn and params.samples < SAMPLES_PER_PIECE * pieces, THIN))
    return tuple(
        Phrase(sentence, pieces=pieces, samples=params.samples) for found, sentence in checks if found
    )
