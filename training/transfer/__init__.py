"""Classifiers on the features of networks that others trained."""
