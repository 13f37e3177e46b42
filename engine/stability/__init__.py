"""Stability of maps: the same map of images that are changed a little."""
