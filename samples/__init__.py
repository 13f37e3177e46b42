"""The pictures that ship with Vitrine, and the scenes that are rendered for it."""
