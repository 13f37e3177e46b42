"""Which data sets there are, and how they are read: no images in memory, no TensorFlow."""
