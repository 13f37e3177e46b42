"""Experiments: what was trained, on what, for how long, and how well it went; a folder for each run."""
