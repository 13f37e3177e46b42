"""Measures of a model on the images of a data set: one row of a table for each image."""
