"""The page of wrong regions: two segmenters on one image of a data set, and what drives a region."""
