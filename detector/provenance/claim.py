"""One claim of a file about itself, in words that are safe to show."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 300
"""Characters of a text that a claim repeats."""
_HIDDEN = "C"
"""First letter of the Unicode categories of what is not seen: controls, format marks, half characters."""


class Kind(StrEnum):
    """What a claim speaks of; the most telling first."""

    GENERATOR = "generator"
    """A generator made the picture."""
    COMPOSITE = "composite"
    """Parts of it were generated."""
    CAPTURE = "capture"
    """A camera or a scanner took it."""
    HAND = "hand"
    """A person made or edited it."""
    CREDENTIALS = "credentials"
    """It carries Content Credentials."""
    TOOL = "tool"
    """This software wrote or changed it."""


MEANS = {
    Kind.GENERATOR: "The file says that a generator made it. Generators write this; anyone could copy it.",
    Kind.COMPOSITE: "The file says that parts of it were generated; the rest may be a person's work.",
    Kind.CAPTURE: "The file says that a camera or a scanner took it. Anyone can write that: no proof.",
    Kind.HAND: "The file says that a person made it. Anyone can write that: no proof.",
    Kind.CREDENTIALS: "The file carries Content Credentials. Their signature was NOT verified: no proof.",
    Kind.TOOL: "The file names software that it went through. Pictures of every kind go through editors.",
}
"""What each kind amounts to, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one place of a file says."""

    kind: Kind
    source: str
    """Where it stands, such as ``XMP: digital source type``; as safe as what it says."""
    says: str
    """What stands there: one line of at most `LONGEST` characters, without hidden ones."""
    means: str
    """What that amounts to, in words."""

    @classmethod
    def of(cls, kind: Kind, source: str, says: str) -> Claim:
        """Make a claim of a text as it stands in the file."""
        return cls(kind=kind, source=plain(source), says=plain(says), means=MEANS[kind])


def plain(text: str) -> str:
    """A text of a file in one line: hidden characters become blanks, and what is too long is cut."""
    seen = (" " if unicodedata.category(char).startswith(_HIDDEN) else char for char in text[: 4 * LONGEST])
    line = " ".join("".join(seen).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
