"""Malformed files at every entry point that a person's file goes through: ``make fuzz``."""
