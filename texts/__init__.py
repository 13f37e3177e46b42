"""Texts that people see, and their catalogues of translations; ``python -m texts`` updates them."""
