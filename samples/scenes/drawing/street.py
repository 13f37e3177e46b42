"""The plan of a street, in metres: what lies where, seen from above."""

from dataclasses import dataclass

import numpy as np

from samples.scenes.drawing.noise import FloatArray

LEFT, RIGHT = 0, 1
SIGNS = (-1.0, 1.0)
_BEHIND_M = 60


@dataclass(frozen=True)
class Building:
    """A box along the street.

    Attributes:
        side: LEFT or RIGHT.
        near_z: Distance of its near end in metres.
        far_z: Distance of its far end in metres.
        wall_x: Signed X of the wall on the street in metres.
        depth: Extent away from the street in metres.
        height: Height of the walls in metres.
        roof_height: Height of the roof over the walls in metres; 0 is a flat roof.
        style: "plaster", "brick", "concrete" or "glass".
        wall_rgb: Colour of the walls, 0 to 255.
        roof_rgb: Colour of the roof, 0 to 255.
        shop: Whether the ground floor has shop fronts.
        seed: Seed of its textures.
        blind: Whether the end wall has next to no windows, as between neighbours.
    """

    side: int
    near_z: float
    far_z: float
    wall_x: float
    depth: float
    height: float
    roof_height: float
    style: str
    wall_rgb: tuple[float, float, float]
    roof_rgb: tuple[float, float, float]
    shop: bool
    seed: int
    blind: bool


@dataclass(frozen=True)
class Street:
    """A straight street along Z; the camera stands at X = 0.

    Attributes:
        kind: "city", "suburb", "boulevard" or "modern".
        road_x: X of the left and the right kerb in metres.
        pavement_m: Width of the left and the right pavement in metres.
        strip_m: Width of the grass strip between kerb and pavement, 0 without.
        yard_m: Depth of the front yards behind each pavement in metres.
        yard_grass: Whether yards and gaps are green.
        centre_x: X of the line between the two directions in metres.
        lane_xs: X of the dashed lines in metres.
        crossing_z: Near and far Z of a crossing road in metres, or None.
        end_z: Where the street ends, in metres.
        buildings: The houses on both sides.
        background: Houses behind them.
    """

    kind: str
    road_x: tuple[float, float]
    pavement_m: tuple[float, float]
    strip_m: float
    yard_m: tuple[float, float]
    yard_grass: bool
    centre_x: float
    lane_xs: tuple[float, ...]
    crossing_z: tuple[float, float] | None
    end_z: float
    buildings: tuple[Building, ...] = ()
    background: tuple[Building, ...] = ()

    def wall_x(self, side: int) -> float:
        """Returns the signed X of the building line of a side, in metres."""
        return self.pavement_end_x(side) + SIGNS[side] * self.yard_m[side]

    def pavement_end_x(self, side: int) -> float:
        """Returns the signed X at which the pavement of a side ends, in metres."""
        return self.road_x[side] + SIGNS[side] * (self.strip_m + self.pavement_m[side])


@dataclass(frozen=True)
class Skyline:
    """Heights of the walls on both sides, for cast shadows.

    Attributes:
        wall_x: Signed X of the two building lines in metres.
        heights: (2, n) height in metres for each metre of Z, from 60 m behind the camera on.
    """

    wall_x: tuple[float, float]
    heights: FloatArray

    def shadow(
        self, x: FloatArray | float, y: FloatArray | float, z: FloatArray | float, sun: FloatArray
    ) -> FloatArray:
        """Tells which points the buildings keep from the sun.

        Args:
            x: X of the points in metres.
            y: Y of the points in metres.
            z: Z of the points in metres.
            sun: (3,) unit vector towards the sun.

        Returns:
            float32, broadcast shape of x, y and z: 1 in shadow, 0 in the sun.
        """
        side = RIGHT if sun[0] > 0 else LEFT
        across = np.float32(max(abs(float(sun[0])), 0.05) * SIGNS[side])
        travel = (np.float32(self.wall_x[side]) - x) / across
        hit_y = y + travel * np.float32(sun[1])
        slot = np.clip(
            np.asarray(z + travel * np.float32(sun[2]) + _BEHIND_M), 0, self.heights.shape[1] - 1
        ).astype(np.int32)
        return np.asarray((hit_y < self.heights[side][slot]) & (travel > 0.02), dtype=np.float32)


def skyline_of(street: Street) -> Skyline:
    """Reads the heights of the building lines off a plan."""
    length = int(street.end_z) + 2 * _BEHIND_M
    heights = np.zeros((2, length), np.float32)
    for house in street.buildings:
        first, last = int(house.near_z) + _BEHIND_M, int(np.ceil(house.far_z)) + _BEHIND_M
        heights[house.side, max(0, first) : last] = house.height + 0.6 * house.roof_height
    return Skyline(wall_x=(street.wall_x(LEFT), street.wall_x(RIGHT)), heights=heights)
