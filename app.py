"""Vitrine: the frame around its pages, and the server that it runs in.

``streamlit run app.py`` imports this file once for the server, and runs it as a script for every visit.
"""

from pathlib import Path

if __name__ == "__main__":
    from components.frame import open_frame, page_table, show
    from components.guard import guard
    from components.sidebar import choose

    open_frame()
    page = page_table()
    with guard():
        choose()
    show(page)
else:
    from streamlit.starlette import App

    from components.server import MIDDLEWARE, lifespan

    app = App(Path(__file__), lifespan=lifespan, middleware=MIDDLEWARE)
