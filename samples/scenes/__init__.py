"""A seeded renderer of street scenes: a picture and the exact category of each of its pixels."""

from samples.scenes.labels import CATEGORIES
from samples.scenes.scene import Scene, render_scene

__all__ = ["CATEGORIES", "Scene", "render_scene"]
