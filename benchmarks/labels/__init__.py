"""Maps of networks that learnt the right labels, and of networks that learnt labels drawn at random."""
