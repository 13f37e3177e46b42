"""Data sets that visitors upload as a ZIP: looked through and unpacked in a process of their own."""
