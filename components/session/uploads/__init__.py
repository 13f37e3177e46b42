"""Data sets that a person brings as a ZIP: of one session, and gone with it."""
