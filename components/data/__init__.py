"""Pages about data sets: what a model answers on many images, and where it is wrong."""
