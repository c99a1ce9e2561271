"""How queries come by the ids of rows that they add on their own account."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

NewId = Callable[[], UUID]
"""Makes one time-ordered id (UUID version 7) a call."""
