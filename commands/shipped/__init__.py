"""Finished work that comes with Vitrine, made anew."""
