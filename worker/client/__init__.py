"""A client of the platform's API for programs in Python: ``Artgate`` and what it gives."""

from worker.client.answers import (
    Appeal,
    Changes,
    Entry,
    Erasure,
    Evidence,
    Holds,
    Message,
    PersonRecord,
    Standing,
    Statement,
)
from worker.client.client import Artgate
from worker.client.errors import Refused, Unavailable

__all__ = [
    "Appeal",
    "Artgate",
    "Changes",
    "Entry",
    "Erasure",
    "Evidence",
    "Holds",
    "Message",
    "PersonRecord",
    "Refused",
    "Standing",
    "Statement",
    "Unavailable",
]
