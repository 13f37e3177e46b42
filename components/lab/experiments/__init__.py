"""The page of experiments: the table of runs, their curves, models of them, and how one begins."""
