"""Concepts that somebody gives, tested on a layer: what it makes of images, and what a score asks of it."""
