"""Transfer: classifiers on features that a network has learnt on other images."""
