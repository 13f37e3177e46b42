"""Commands of the lab: what learns from data sets."""
