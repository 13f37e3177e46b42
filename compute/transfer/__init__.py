"""Transfer: features of a layer over a data set, classifiers on them, and networks made of both."""
