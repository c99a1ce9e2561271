"""The console's application: pages for browsers, and the routes that scripts may use beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session, sessionmaker
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from worker.access.api import router_for as access_router
from worker.access.headers import SecurityHeaders
from worker.access.oidc.api import router_for as oidc_router
from worker.console import problems, warming
from worker.console.console import HOME, Console
from worker.console.pages import (
    account,
    explanation,
    feedback,
    items,
    mine,
    models,
    numbers,
    pictures,
    queue,
    second_factor,
    sign_in,
    statement,
    steps,
    webhooks,
)
from worker.hook import health
from worker.hook.body import BodyLimit
from worker.monitoring.health import beat
from worker.monitoring.process import Monitoring
from worker.review.api import router_for as review_router
from worker.settings import Settings

THREADS = 8
"""Pages that are made at once, each with a connection."""
CONNECTIONS = THREADS + 2
_STATIC = Path(__file__).with_name("static")
_PAGES = (
    *(sign_in, second_factor, account, queue, items, statement, steps, pictures, explanation, mine),
    *(numbers, feedback, models, webhooks),
)


def make_app(
    settings: Settings, sessions: sessionmaker[Session], monitoring: Monitoring | None = None
) -> FastAPI:
    """The console as an ASGI application.

    Args:
        settings: who may do what, and how long sessions and leases last.
        sessions: on an engine that gives ``CONNECTIONS``.
        monitoring: the process's own, where it is told of on another port too.
    """
    monitoring = monitoring or Monitoring(settings, "console", sessions=sessions)
    if "after_sign_in" not in settings.model_fields_set:
        settings = settings.model_copy(update={"after_sign_in": HOME})
    console = Console(settings, sessions)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        beating = asyncio.create_task(beat(monitoring.pulse))
        warmed = warming.begin(settings, console.sources, sessions)
        yield
        beating.cancel()
        await to_thread.run_sync(warmed.join)
        console.sources.close()

    app = FastAPI(title="artgate", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    for family in _PAGES:
        app.include_router(family.router_for(console))
    app.include_router(review_router(settings, sessions))
    app.include_router(access_router(settings, sessions))
    app.include_router(oidc_router(settings, sessions))
    app.include_router(health.router_for(settings, monitoring.health(), monitoring.exposition()))
    app.add_api_route("/", _to_home, methods=["GET"])
    app.mount("/console/static", _Static(directory=_STATIC), name="static")
    app.add_middleware(BodyLimit, largest=settings.hook_max_body)
    app.add_middleware(SecurityHeaders)
    problems.add_handlers(app, console)
    return app


async def _to_home() -> RedirectResponse:
    """The console is what a browser looks for here."""
    return RedirectResponse(HOME, 303)


class _Static(StaticFiles):
    """Styles and scripts: kept by browsers, and asked for anew, so that a new release is seen at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """The file, or that it has not changed."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-cache"
        return answer
