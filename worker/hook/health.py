"""Whether the process lives, and whether it can take events."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from db.models import Event


def router_for(sessions: sessionmaker[Session]) -> APIRouter:
    """``/healthz`` and ``/readyz``."""
    router = APIRouter()

    @router.get("/healthz")
    async def live() -> dict[str, str]:
        """The process answers; it looks at nothing else, so that no fault elsewhere has it restarted."""
        return {"status": "alive"}

    @router.get("/readyz")
    def ready() -> dict[str, str]:
        """PostgreSQL answers and has the table of events."""
        with sessions() as session:
            session.execute(select(Event.id).limit(1)).all()
        return {"status": "ready"}

    return router
