"""Files inside installed packages: nothing is fetched when they are used, and the lock pins what they are."""

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path


@dataclass(frozen=True)
class PackagedFile:
    """A file inside an installed package.

    Attributes:
        package: name of the distribution.
        file: its path in the distribution.
        sha256: hex digest of its content.
    """

    package: str
    file: str
    sha256: str

    @property
    def path(self) -> Path | None:
        """Where it is; None where the package is not installed."""
        try:
            path = Path(str(metadata.distribution(self.package).locate_file(self.file)))
        except metadata.PackageNotFoundError:
            return None
        return path if path.is_file() else None
