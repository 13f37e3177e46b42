"""Files at addresses of their own, with digests that are known beforehand."""

from urllib.parse import urlsplit, urlunsplit

from model_store.base.entries import WebFile
from model_store.base.transfer import Origin, RemoteFile, WrongServer, opened


def web_origin(files: tuple[WebFile, ...], endpoint: str | None = None) -> Origin:
    """What a model needs, with the sizes that the server tells.

    Args:
        files: what is needed.
        endpoint: another server (``http://host:port``) that has them at the same paths.

    Raises:
        requests.RequestException: the server cannot be reached, or refuses, or what answers is none.
        ConnectionError: the process is offline by ``HF_HUB_OFFLINE``.
    """
    found = {file.name: _asked(file, file_url(file, endpoint)) for file in files}
    return Origin(next(iter(found.values())).url, "", found)


def file_url(file: WebFile, endpoint: str | None = None) -> str:
    """Where a file is."""
    if endpoint is None:
        return file.url
    return urlunsplit((*urlsplit(endpoint)[:2], *urlsplit(file.url)[2:]))


def _asked(file: WebFile, url: str) -> RemoteFile:
    with opened(url, method="HEAD") as response:
        size = response.headers.get("Content-Length", "")
        if not size.isdigit() or response.headers.get("Content-Type", "").startswith("text/html"):
            raise WrongServer(f"{url} does not say how large {file.name} is")
        return RemoteFile(file.name, int(size), file.digest, url)
