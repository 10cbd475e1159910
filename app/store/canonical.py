"""The one JSON form that is stored, hashed and sent."""

import json
from collections.abc import Callable
from typing import Any

canonical_json: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
).encode
"""Sorted keys, no spaces, Thai as it is, no NaN."""
