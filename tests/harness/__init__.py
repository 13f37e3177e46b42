"""Harness of the tests: marks by what they need, shares for two processes, waits."""
