"""Concepts of a class: what is asked, what was found, and how the page shows it."""
