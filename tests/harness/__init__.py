"""Harness of the tests: marks by what they need, shares for its processes, waits."""
