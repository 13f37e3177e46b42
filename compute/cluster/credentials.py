"""Credentials of a cluster: whoever has them may use it, and its processes talk to nobody else.

An embedded cluster has a key and a certificate of its own, made when it starts and kept in memory; Dask
hands them to OpenSSL in a folder that only this account can read, and removes it at once. Dask can make such
a pair, too (``Security.temporary``), but one that ends after a year, when the server may not.

``python -m compute.cluster.credentials FOLDER`` makes a pair for a cluster of one's own.
"""

import ssl
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from distributed.security import Security

NAME = "vitrine"
VALID = timedelta(days=36_500)
"""Longer than any server: what ends the pair is that its processes end."""

CLOCK = timedelta(days=1)
"""The certificate is valid from before it was made: clocks are set back now and then."""

FILES = {"authority": "ca.pem", "certificate": "cert.pem", "key": "key.pem"}
"""Where a folder has what."""


@dataclass(frozen=True, repr=False)
class Credentials:
    """A key and who vouches for it, in PEM.

    Attributes:
        authority: certificates by one of which all others of the cluster are signed.
        certificate, key: of a process of the cluster, or of a client.
    """

    authority: str
    certificate: str
    key: str

    def security(self) -> Security:
        """What Dask takes for all roles: without encryption, and without a certificate on both sides, there
        is no connection.
        """
        pairs = {
            f"tls_{role}_{part}": text
            for role in ("client", "scheduler", "worker")
            for part, text in (("cert", self.certificate), ("key", self.key))
        }
        return Security(
            require_encryption=True,
            tls_ca_file=self.authority,
            tls_min_version=ssl.TLSVersion.TLSv1_3,
            **pairs,
        )


def read_credentials(folder: Path) -> Credentials:
    """The credentials in a folder with ``ca.pem``, ``cert.pem`` and ``key.pem``.

    Raises:
        OSError: a file is not there or cannot be read.
    """
    return Credentials(**{part: (folder / name).read_text("ascii") for part, name in FILES.items()})


def write_credentials(credentials: Credentials, folder: Path) -> None:
    """Write them into a folder, made if need be; only this account can read the key.

    Raises:
        OSError: a file is there already or cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part, name in FILES.items():
        (folder / name).touch(0o600, exist_ok=False)
        (folder / name).write_text(getattr(credentials, part), "ascii")


def make_credentials() -> Credentials:
    """A new key with a certificate that vouches for itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK)
        .not_valid_after(now + VALID)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    text = certificate.public_bytes(form).decode()
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return Credentials(text, text, key.private_bytes(form, *plain).decode())


if __name__ == "__main__":
    write_credentials(make_credentials(), Path(sys.argv[1]))
