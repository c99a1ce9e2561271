"""The numbers of the whole queue, on a page and as JSON: for seniors, admins and auditors."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from db.queries.sweeps import moment
from detector.features.words import GROUP_WORDS
from worker.console.console import Console
from worker.console.figures import numbers
from worker.console.figures.drawn import draw, step_names
from worker.console.figures.windows import LENGTHS, Window
from worker.console.pictures.keeping import Keeping


def router_for(console: Console) -> APIRouter:
    """``/console/numbers`` and ``/console/numbers.json``."""
    router = APIRouter(prefix="/console", dependencies=[Depends(console.guard)])
    slow = Keeping(2, numbers.SLOW_SECONDS)

    @router.get("/numbers")
    def page(request: Request, window: Window = Window.DAY) -> Response:
        """The page, over the period that is asked for."""
        with console.makes() as session:
            found, now = numbers.gather(session, window, slow), moment(session)
        return console.page(
            request,
            "numbers.html",
            numbers=found,
            charts=draw(found, now),
            steps=step_names(window, now),
            window=window,
            lengths=LENGTHS,
            age_words=numbers.AGE_WORDS,
            agreement_days=numbers.AGREEMENT_DAYS,
            scores_an_hour=numbers.SCORES_AN_HOUR,
            group_words=GROUP_WORDS,
            now=now,
        )

    @router.get("/numbers.json")
    def document(window: Window = Window.DAY) -> numbers.Numbers:
        """The same figures."""
        with console.makes() as session:
            return numbers.gather(session, window, slow)

    return router
