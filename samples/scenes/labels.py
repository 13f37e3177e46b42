"""The eight categories of Cityscapes, in the order of their numbers."""

VOID, FLAT, CONSTRUCTION, OBJECT, NATURE, SKY, HUMAN, VEHICLE = range(8)

CATEGORIES = ("void", "flat", "construction", "object", "nature", "sky", "human", "vehicle")
