"""Maps over their pictures, whatever method they come from."""

from engine.arrays import Floats, Pixels
from engine.explanation import Explanation
from engine.visualise.contours import Contour, contour_of
from engine.visualise.inks import FADED, Look, enlarge, ink, lay
from engine.visualise.lines import CONTOUR, cell_edges, draw_lines
from engine.visualise.parts import chosen_parts, part_inks
from engine.visualise.render import Scale, spread
from engine.visualise.strength import order_is_told, strength


def overlay(pixels: Pixels, values: Floats, scale: Scale, look: Look) -> Pixels:
    """uint8 (H, W, 3): a picture with a map over it, without lines.

    Args:
        pixels: uint8 (H, W, 3).
        values: float32 (rows, columns), raw.
        scale: colours and opacities of raw values.
        look: how the map lies there.
    """
    on_pixels = spread(values, (pixels.shape[0], pixels.shape[1]), look.smooth)
    return lay(pixels, ink(on_pixels, scale, look.flat), look)


def overlay_explanation(pixels: Pixels, explanation: Explanation, scale: Scale, look: Look) -> Pixels:
    """uint8 (H, W, 3): a picture with an explanation over it, and the line around its strongest tenth; of
    superpixels those that its parameters ask for.
    """
    if explanation.parts is not None:
        chosen = chosen_parts(explanation)
        inks = part_inks(explanation.parts, chosen, scale, look.flat)
        return lay(pixels, enlarge(inks, (pixels.shape[0], pixels.shape[1])), look)
    drawn = overlay(pixels, explanation.values, scale, faded(look, explanation))
    contour = None if look.flat else contour_for(explanation)
    return drawn if contour is None else draw_contour(drawn, contour, look.smooth)


def share_kept(explanation: Explanation) -> float:
    """The share of its opacity that a map keeps, 0-1: less where nobody can put its cells in order."""
    return 1.0 if order_is_told(explanation) else FADED


def faded(look: Look, explanation: Explanation) -> Look:
    """How a map lies on its picture once it is drawn faded where its cells have no order."""
    return Look(look.opacity * share_kept(explanation), look.smooth, look.flat)


def contour_for(explanation: Explanation) -> Contour | None:
    """The line around the strongest tenth of a map; None for superpixels, and where cells have no order."""
    if explanation.parts is not None or not order_is_told(explanation):
        return None
    return contour_of(strength(explanation))


def draw_contour(pixels: Pixels, contour: Contour, smooth: bool) -> Pixels:
    """uint8 (H, W, 3): a picture with a contour, smooth or along the edges of cells."""
    if smooth:
        return draw_lines(pixels, contour.rings, CONTOUR)
    return draw_lines(pixels, cell_edges(contour.cells), CONTOUR, closed=False)
