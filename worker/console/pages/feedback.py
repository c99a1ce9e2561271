"""``/console/feedback``: how often bundles err and how far their probabilities can be believed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from worker.console.console import Console
from worker.console.figures.feedback import SHOWN, gather
from worker.console.figures.feedback_drawn import draw
from worker.review.sampling import DAYS


def router_for(console: Console) -> APIRouter:
    """The page of one bundle, with the newest figures of all."""
    router = APIRouter(prefix="/console", dependencies=[Depends(console.guard)])

    @router.get("/feedback")
    def page(request: Request, bundle: Annotated[str | None, Query(max_length=64)] = None) -> Response:
        """The page; of the bundle that judges, unless another is asked for."""
        with console.makes() as session:
            found = gather(session, bundle)
        return console.page(
            request, "feedback.html", feedback=found, charts=draw(found), days=DAYS, shown=SHOWN
        )

    return router
