"""Keys of results: hex digests of plain values."""

import hashlib
import json
from typing import Any

FORMAT = 1
"""Part of every key: change it when the same question gets another answer."""

PLAN_LIBRARIES = ("numpy", "scipy", "scikit-image", "forward")
"""What draws samples, cuts images and scores them: scores of another one are not mixed with stored ones."""


def digest_of(*parts: Any) -> str:
    """Hex sha256 of plain values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
