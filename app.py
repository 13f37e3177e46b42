"""Vitrine: the frame around its pages."""

from components.frame import open_frame, page_table, show
from components.guard import guard
from components.sidebar import choose

open_frame()
page = page_table()
with guard():
    choose()
show(page)
