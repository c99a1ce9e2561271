"""Whether the process lives, whether it can take events, and what it has counted."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from detector.reasons import Reason, Transient
from worker.hook.access import Doorkeeper
from worker.monitoring.health import Health
from worker.monitoring.server import Exposition
from worker.settings import Settings


def router_for(settings: Settings, health: Health, exposition: Exposition) -> APIRouter:
    """``/livez``, ``/readyz``, and ``/metrics`` where no other port has it."""
    router = APIRouter()
    door = Doorkeeper(settings)

    @router.get("/livez")
    @router.get("/healthz")
    async def live() -> dict[str, str]:
        """The loop answers; it looks at nothing else, so that no fault elsewhere has it restarted."""
        return {"status": "alive"}

    @router.get("/readyz")
    def ready() -> dict[str, str]:
        """PostgreSQL answers and has a schema that this version can use."""
        trouble = health.trouble()
        if trouble is not None:
            raise Transient(Reason.DATABASE_UNAVAILABLE, trouble)
        return {"status": "ready"}

    def metrics(request: Request) -> Response:
        """What was counted, to who has a bearer token: this port may be open to all the world."""
        door.may_ask(request.headers)
        page, content_type = exposition.page(request.headers.get("accept", ""))
        return Response(page, media_type=content_type)

    if settings.monitor_port is None:
        router.add_api_route("/metrics", metrics, methods=["GET"])
    return router
