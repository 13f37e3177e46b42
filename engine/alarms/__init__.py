"""Alarms: what is known to go wrong with maps, each with a check that reads what is known of one."""
