"""Vitrine: the frame around its pages, and the server that it runs in.

``streamlit run app.py`` imports this file once for the server, and runs it as a script for every visit.
"""

from pathlib import Path

if __name__ == "__main__":
    from components.frame.bar import show_bar
    from components.frame.page_frame import open_frame, page_table, run_page
    from components.frame.sign_in import admitted, offer_sign_out
    from components.session.guard import guard

    open_frame()
    inside = admitted()
    page = page_table(menu=inside)
    if inside:
        with guard():
            show_bar()
        run_page(page)
        offer_sign_out()
else:
    from streamlit.starlette import App

    from components.frame.server import MIDDLEWARE, lifespan

    app = App(Path(__file__), lifespan=lifespan, middleware=MIDDLEWARE)
