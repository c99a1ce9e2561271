"""What every table of daily figures has."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class BundleDay(Base):
    """The figures of one bundle as one day found them."""

    __abstract__ = True

    bundle_id: Mapped[str] = mapped_column(ForeignKey("bundles.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    figures: Mapped[dict[str, Any]]
    measured_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
