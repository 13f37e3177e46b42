"""The randomisation test as a kind of work: maps of a model beside those of random networks of its build."""
