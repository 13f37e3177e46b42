"""The lab: classifiers on features of a model, learnt here, compared, and explained."""
