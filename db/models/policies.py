"""Review policies: which queue an item goes to, how urgent it is, and who must agree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class ReviewPolicy(Base):
    """One version; the highest number is in force. Appended, never changed: a trigger refuses it.

    It lies in the database, not in a file of each machine: every process must follow the same one from the
    same moment on, each item says by which it was routed, and what was in force can be looked up later.
    """

    __tablename__ = "review_policies"

    number: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
