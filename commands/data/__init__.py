"""Commands about data sets: which there are, and what a model makes of one."""
