"""How tests are run: marks by what they need, shares for two processes, waits."""
