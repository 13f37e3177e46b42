"""Losses of segmentation networks, one row each, and sums of them."""
