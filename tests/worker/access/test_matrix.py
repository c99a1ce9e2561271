"""Every role at every guarded route of the running server."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from db.models.accounts import Role
from deploy.local.launch import free_port
from detector.reasons import Fault
from tests.worker.access.people import account, bearer
from tests.worker.inbox import Sessions, wait_until
from tests.worker.running import artgate, hook_answers
from worker.access.guard import Guard
from worker.access.permissions import GRANTED, ROUTES, Permission
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.hook.app import make_app
from worker.settings import Settings

ITEM = "/v1/review/items/{item_id}"
READ = [("GET", "/v1/review/items"), ("GET", ITEM), ("GET", f"{ITEM}/near")]
STEPS = ("claim", "renew", "skip", "hold", "hand-over", "escalate", "opinion", "release", "decide", "undo")
WORK = [("POST", "/v1/review/claim"), *(("POST", f"{ITEM}/{step}") for step in STEPS)]
OWN = [
    ("GET", "/v1/access/me"),
    ("POST", "/v1/access/sign-out"),
    ("POST", "/v1/access/sign-out-everywhere"),
    ("POST", "/v1/access/second-factor"),
    ("POST", "/v1/access/second-factor/enrol"),
    ("POST", "/v1/access/second-factor/confirm"),
    ("POST", "/v1/access/password"),
]
SEND = [("POST", "/v1/events"), ("POST", "/v1/signals")]
ASK = [
    ("GET", "/v1/events/{event_id}"),
    ("GET", "/v1/events/{event_id}/verdict"),
    ("GET", "/v1/images/{image_id}/verdict"),
    ("GET", "/v1/images/{image_id}/history"),
    ("GET", "/v1/images/{image_id}/statement"),
    ("GET", "/v1/statements/{statement_id}"),
    ("GET", "/v1/objects/verdict"),
    ("GET", "/v1/objects/history"),
    ("GET", "/v1/changes"),
]
APPEAL = [("POST", "/v1/appeals"), ("GET", "/v1/appeals/{appeal_id}")]
ERASE = [("POST", "/v1/erasures"), ("GET", "/v1/erasures/{erasure_id}")]
EXPORT = [("GET", "/v1/persons/records")]
WEBHOOKS = [("POST", "/v1/webhooks/{endpoint}/replay")]
ALLOWED = {
    Role.SERVICE: SEND + ASK + APPEAL + ERASE + EXPORT,
    Role.MODERATOR: READ + WORK + OWN,
    Role.SENIOR: READ + WORK + OWN,
    Role.ADMIN: ASK + READ + OWN + ERASE + EXPORT + WEBHOOKS,
    Role.AUDITOR: ASK + READ + OWN,
}
"""Said once more, apart from the tables, so that a slip in them is seen."""
OPEN = {
    ("GET", "/healthz"),
    ("GET", "/livez"),
    ("GET", "/metrics"),
    ("GET", "/readyz"),
    ("GET", "/v1/openapi.json"),
    ("POST", "/v1/access/sign-in"),
    ("GET", "/v1/access/oidc/start"),
    ("GET", "/v1/access/oidc/callback"),
}
"""Routes that no account is needed for: what they need is told in docs/http.md."""
OF_THE_CONSOLE = {("GET", f"{ITEM}/explanation"), ("GET", f"{ITEM}/picture")}
"""Routes of the API that need models or pictures, which the hook does not load."""
API = [route for route in ROUTES if not route[1].startswith("/console/") and route not in OF_THE_CONSOLE]
"""What the hook serves; tests/worker/console/test_matrix.py has the others."""
MODERATOR_TOKEN = "of carl, who has no account"


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """The module's settings, with a moderator who has no account."""
    named = {"moderator_tokens": {"carl": SecretStr(MODERATOR_TOKEN)}, "hook_port": free_port()}
    return settings.model_copy(update=named)


@pytest.fixture(scope="module")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """``artgate hook``, running."""
    with artgate("hook", settings, tmp_path_factory.mktemp("hook")):
        wait_until(lambda: hook_answers(settings), "the hook")
        with httpx.Client(base_url=f"http://127.0.0.1:{settings.hook_port}", trust_env=False) as client:
            yield client


@pytest.fixture(scope="module")
def keys(sessions: Sessions) -> dict[Role, dict[str, str]]:
    """A token of each role."""
    return {role: bearer(sessions, account(sessions, role)) for role in Role}


def ask(server: httpx.Client, route: tuple[str, str], key: dict[str, str]) -> tuple[int, str | None]:
    """Status and reason of an answer about an item that is not there."""
    method, path = route
    answer = server.request(method, _named(path), headers=key)
    return answer.status_code, answer.json().get("reason") if answer.content else None


def _named(path: str) -> str:
    """A path with an id that nothing has."""
    return re.sub(r"\{[a-z_]+\}", str(new_id()), path)


@pytest.mark.parametrize(("role", "route"), [*itertools.product(Role, API)])
def test_a_route_is_open_to_just_the_roles_that_may(
    server: httpx.Client, keys: dict[Role, dict[str, str]], role: Role, route: tuple[str, str]
) -> None:
    status, reason = ask(server, route, keys[role])
    if route in ALLOWED[role]:
        assert status in {200, 204, 404, 422}
    else:
        assert (status, reason) == (403, "forbidden")


@pytest.mark.parametrize("route", API)
@pytest.mark.parametrize(
    "key", ["", "Bearer", "Bearer agt_unknown", f"Basic {MODERATOR_TOKEN}", "Bearer \xff"]
)
def test_without_a_token_no_route_is_open(server: httpx.Client, route: tuple[str, str], key: str) -> None:
    headers = {"Authorization": key.encode("latin-1")} if key else {}
    assert ask(server, route, headers) == (401, "bad_signature")  # type: ignore[arg-type] # raw bytes


@pytest.mark.parametrize("route", API)
def test_a_token_of_the_settings_is_a_moderators(server: httpx.Client, route: tuple[str, str]) -> None:
    """As it was before there were accounts."""
    status, _ = ask(server, route, {"Authorization": f"Bearer {MODERATOR_TOKEN}"})
    assert (status in {200, 204, 404, 422}) == (route in ALLOWED[Role.MODERATOR])


@pytest.fixture(scope="module")
def application(settings: Settings, sessions: Sessions) -> Iterator[FastAPI]:
    """The same application in this process, to be asked for its routes."""
    dispatcher = Dispatcher(settings)
    yield make_app(settings, sessions, dispatcher)
    dispatcher.close()


def test_every_route_of_the_server_is_in_the_table_or_known_to_be_open(application: FastAPI) -> None:
    """A new one fails here until someone has said who may use it; two are no part of FastAPI's list."""
    paths = application.openapi()["paths"]
    served = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    plain = {("POST", "/v1/events"), ("POST", "/v1/signals")}
    assert (served | plain) - OPEN == set(API)
    assert served >= OPEN


def test_a_route_that_is_not_in_the_table_is_open_to_nobody(settings: Settings, sessions: Sessions) -> None:
    """Whoever forgets the table has shut the door, not opened it."""
    guard = Guard(settings, sessions)
    with pytest.raises(Fault, match=r"GET /v1/review/secret is not in worker/access/permissions\.py"):
        guard.permission_for("GET", "/v1/review/secret")


def test_every_permission_is_granted_to_someone_and_needed_somewhere() -> None:
    assert set(GRANTED) == set(Permission) == set(ROUTES.values())
    assert all(GRANTED.values())
