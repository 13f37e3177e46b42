"""Concepts that somebody gives by images: does a layer know them, and does a class depend on them (TCAV)?"""
