"""Kinds of work that are one task each: a mask of one image, the speed of models."""
