"""How a person without code brings a data set: as a ZIP, from the browser."""
