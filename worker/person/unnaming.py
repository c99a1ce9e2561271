"""Takes the names of reviewers out of texts that people wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable

UNNAMED = "[a reviewer]"


class Unnaming:
    """Knows names, and puts the same words in place of each.

    Args:
        names: of all who may be named; case does not matter, and a name within a longer word is none.
    """

    def __init__(self, names: Iterable[str]) -> None:
        # The longest first, so that of two names that begin alike the whole one is found.
        known = sorted({name for name in names if name}, key=len, reverse=True)
        words = "|".join(map(re.escape, known))
        self._named = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if known else None

    def __call__(self, text: str | None) -> str | None:
        """The text without the names; None stays None."""
        return text if text is None or self._named is None else self._named.sub(UNNAMED, text)
