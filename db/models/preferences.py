"""How people want the console to be."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class Blur(StrEnum):
    """Which pictures are shown blurred until they are asked for."""

    ALWAYS = "always"
    FLAGGED = "flagged"
    """Those that someone has reported."""
    NEVER = "never"


class Preferences(Base):
    """One account's. Who has no row has the defaults."""

    __tablename__ = "preferences"
    __table_args__ = (
        one_of("blur", Blur),
        CheckConstraint("break_minutes BETWEEN 0 AND 240", name="break_minutes"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    blur: Mapped[Blur] = mapped_column(TextEnum(Blur), server_default=text("'flagged'"))
    greyscale: Mapped[bool] = mapped_column(server_default=text("false"))
    takes_next: Mapped[bool] = mapped_column(server_default=text("true"))
    """The next item is claimed as soon as one is decided."""
    single_keys: Mapped[bool] = mapped_column(server_default=text("true"))
    """Letters alone decide; who dictates or uses switches turns it off."""
    break_minutes: Mapped[int] = mapped_column(server_default=text("50"))
    """After so many minutes of work a break is suggested; 0 for never."""
