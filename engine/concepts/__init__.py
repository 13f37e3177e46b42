"""Concepts: directions of a layer that many images share, where they lie, and what depends on them."""
