# Vitrine without a network: weights of the shipped models and their converted networks are inside. See docs/deploy.md.
FROM python:3.11-slim AS libraries
WORKDIR /opt/vitrine
COPY requirements-build.txt requirements-signin.txt ./
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_REQUIRE_HASHES=1 PIP_NO_DEPS=1
RUN python -m venv .venv \
    && .venv/bin/python -m pip install -r requirements-build.txt \
    && .venv/bin/python -m pip install --no-build-isolation -r requirements-signin.txt \
    && rm -rf .venv/lib/python3.11/site-packages/tensorflow/include .venv/lib/python3.11/site-packages/clang

FROM python:3.11-slim
WORKDIR /opt/vitrine
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin vitrine \
    && install -d -o vitrine -g vitrine /data
COPY --from=libraries /opt/vitrine/.venv .venv
COPY . .
RUN .venv/bin/python -m compileall -q *.py commands components compute data_store engine model_store pages samples \
    && .venv/bin/python -c "from components.words.catalogues import translations; translations('fr')"
ENV PATH=/opt/vitrine/.venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    STREAMLIT_BROWSER_SERVER_ADDRESS=localhost \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    VITRINE_CACHE=/data/results \
    VITRINE_MODELS=/data/models \
    VITRINE_OWN=/data/own
USER 10001:10001
RUN python cli.py prepare
VOLUME /data
EXPOSE 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "deploy/healthy.py"]
CMD ["python", "-m", "streamlit", "run", "app.py"]
