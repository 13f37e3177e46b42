"""Which texts people see, and the catalogues in which they are translated: ``python -m texts`` brings these
up to date.
"""
