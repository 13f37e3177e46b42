"""An app of one picture and one widget for files, behind all that Vitrine puts before Streamlit."""

from contextlib import asynccontextmanager
from pathlib import Path

if __name__ == "__main__":
    import streamlit as st
    from PIL import Image

    from components.frame.visitors import note_visitor
    from components.session.files import expect_files

    note_visitor()
    expect_files(megabytes=1)
    if width := st.query_params.get("width"):
        st.image(Image.new("RGB", (int(width), 8)))
    st.file_uploader("Files")
else:
    from streamlit import runtime
    from streamlit.starlette import App

    from components.frame.server import MIDDLEWARE
    from components.frame.visitors import watch_files

    @asynccontextmanager
    async def lifespan(_app):
        watch_files(runtime.get_instance().media_file_mgr)
        yield {}

    app = App(Path(__file__), lifespan=lifespan, middleware=MIDDLEWARE)
