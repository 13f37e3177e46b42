"""The page of strategies: where a model looks on the images of a class, in groups."""
