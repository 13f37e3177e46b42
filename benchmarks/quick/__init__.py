"""A few minutes before every release: ratios that must not fall."""
