"""Features of many images laid out in two or three dimensions, and how far such a layout can be trusted."""
