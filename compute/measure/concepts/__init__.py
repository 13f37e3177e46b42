"""Concepts over the images of a data set: what a layer makes of places, what is found in it, what it does."""
