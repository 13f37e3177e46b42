"""Experiments read, compared, exported and started."""
