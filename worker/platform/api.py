"""The platform's routes together, behind one guard and one limit."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session, sessionmaker

from worker.access.guard import Guard
from worker.platform import appeals, changes, erasures, persons, statements, verdicts, webhooks
from worker.platform.limits import RateLimit
from worker.platform.parameters import refuse_unknown
from worker.settings import Settings


def router_for(settings: Settings, makes: sessionmaker[Session]) -> APIRouter:
    """The routes below ``/v1``, for whom ``worker/access/permissions.py`` allows them.

    Args:
        settings: tokens and limits.
        makes: makes a session of the database for each request.
    """
    guarded = [
        Depends(Guard(settings, makes)),
        Depends(RateLimit(settings, makes)),
        Depends(refuse_unknown),
    ]
    router = APIRouter(prefix="/v1", dependencies=guarded)
    verdicts.add_routes(router, makes)
    changes.add_routes(router, makes)
    appeals.add_routes(router, settings, makes)
    erasures.add_routes(router, settings, makes)
    persons.add_routes(router, settings, makes)
    webhooks.add_routes(router, makes)
    statements.add_routes(router, settings, makes)
    return router
