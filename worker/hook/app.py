"""The application: routes, errors, and the threads that write and announce."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session, sessionmaker

from worker.access.api import router_for as access_router
from worker.access.headers import SecurityHeaders
from worker.access.oidc.api import router_for as oidc_router
from worker.dispatch import Dispatcher
from worker.hook import events, health, problems, signals
from worker.hook.body import BodyLimit
from worker.hook.counting import Counting
from worker.hook.openapi import describe
from worker.intake import Announcer, Gatherer, Intake
from worker.monitoring.health import beat
from worker.monitoring.metrics import HookMetrics
from worker.monitoring.process import Monitoring
from worker.platform.api import router_for as platform_router
from worker.push.fetching import Fetch, fetch_over_tls
from worker.push.pubsub import router_for as pubsub_router
from worker.push.sns import router_for as sns_router
from worker.review.api import router_for as review_router
from worker.settings import Settings

THREADS = 8
"""Questions that are answered at once, each with a connection: more would only wait for the processor."""
CONNECTIONS = THREADS + 3
"""For the questions, the intake's two writers, and the announcer."""
_LAST_SECONDS = 5.0


def make_app(
    settings: Settings,
    sessions: sessionmaker[Session],
    dispatcher: Dispatcher,
    monitoring: Monitoring | None = None,
    fetch: Fetch = fetch_over_tls,
) -> FastAPI:
    """The hook as an ASGI application.

    Args:
        settings: who may do what, and how large a body may be.
        sessions: on an engine that gives ``CONNECTIONS``.
        dispatcher: sends the messages; the caller closes it, after the application has shut down.
        monitoring: the process's own, where it is told of on another port too.
        fetch: gets what proves a pushed message, from addresses that were checked.
    """
    monitoring = monitoring or Monitoring(settings, "hook", sessions=sessions)
    metrics = HookMetrics(monitoring.registry)
    announcer = Announcer(sessions, dispatcher)
    intake = Gatherer(Intake(sessions, buckets=settings.buckets, announce=announcer))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        announcer.start()
        intake.start()
        beating = asyncio.create_task(beat(monitoring.pulse))
        yield
        beating.cancel()
        await run_in_threadpool(intake.close, _LAST_SECONDS)
        await run_in_threadpool(announcer.close, 2 * settings.publish_timeout)

    app = FastAPI(title="artgate", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.include_router(events.router_for(settings, sessions, intake, metrics))
    app.include_router(signals.router_for(settings, sessions))
    app.include_router(sns_router(settings, intake, fetch))
    app.include_router(pubsub_router(settings, intake, fetch))
    app.include_router(platform_router(settings, sessions))
    app.include_router(review_router(settings, sessions))
    app.include_router(access_router(settings, sessions))
    app.include_router(oidc_router(settings, sessions))
    app.include_router(health.router_for(settings, monitoring.health(), monitoring.exposition()))
    app.add_api_route("/v1/openapi.json", _description_of(app), methods=["GET"], tags=["description"])
    app.add_middleware(BodyLimit, largest=settings.hook_max_body)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Counting, metrics=metrics)
    problems.add_handlers(app)
    return app


def _description_of(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The route of the API's description, which is written when it is first asked for."""

    @cache
    def made() -> dict[str, Any]:
        return describe(app)

    def description() -> dict[str, Any]:
        """The platform's API in the form of OpenAPI; it holds no secret."""
        return made()

    return description
