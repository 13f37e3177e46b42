"""Malformed files at every door that a person's file goes through: ``make fuzz``."""
