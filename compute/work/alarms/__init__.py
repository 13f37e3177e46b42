"""Alarms of maps, read off what is known beside them."""
