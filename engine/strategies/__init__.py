"""Strategies of a model: attribution maps of many images, clustered by where they are strong (SpRAy)."""
