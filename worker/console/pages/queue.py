"""The queue: what waits, the most urgent first."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from db.queries import items
from worker.access.guard import name_of
from worker.console.console import Console


def router_for(console: Console) -> APIRouter:
    """The first page of the console."""
    router = APIRouter(prefix="/console", dependencies=[Depends(console.guard)])

    @router.get("/")
    def page(request: Request, moderator: str = Depends(name_of)) -> Response:
        """A page of items that wait."""
        with console.makes() as session:
            found = items.list_items(session, unless_of=moderator)
        return console.page(request, "queue.html", items=found)

    return router
