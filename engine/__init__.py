"""The explanation engine: numpy in, dataclasses out. No Streamlit, Plotly, Dask or model loading."""
