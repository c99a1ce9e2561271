"""Lists in settings, as people write them."""

from __future__ import annotations

import json


def words_of(value: object) -> object:
    """One string parted by commas, or a JSON list, as a list.

    Raises:
        ValueError: it begins like a list in JSON and is none.
    """
    return listed(value) if isinstance(value, str) else value


def listed(text: str) -> list[str]:
    """The words of a text: parted by commas, or a JSON list.

    Raises:
        ValueError: it begins like a list in JSON and is none.
    """
    if not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return [str(word) for word in json.loads(text)]
    except ValueError:
        raise ValueError("expected a list in JSON, or words parted by commas") from None
