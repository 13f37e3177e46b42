"""Concepts asked of one image."""
