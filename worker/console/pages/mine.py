"""One's own numbers: for who works on the queue, and of nobody else."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from worker.access.guard import name_of
from worker.console.console import Console
from worker.console.figures import mine
from worker.console.figures.numbers import AGREEMENT_DAYS


def router_for(console: Console) -> APIRouter:
    """``/console/mine``."""
    router = APIRouter(prefix="/console", dependencies=[Depends(console.guard)])

    @router.get("/mine")
    def page(request: Request, moderator: str = Depends(name_of)) -> Response:
        """The page."""
        with console.makes() as session:
            found = mine.gather(session, moderator)
        return console.page(request, "mine.html", mine=found, agreement_days=AGREEMENT_DAYS)

    return router
