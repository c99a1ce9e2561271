"""Every role at every page and form of the console."""

from __future__ import annotations

import itertools

import pytest
from fastapi import FastAPI
from starlette.routing import Route

from db.models.accounts import Role
from tests.worker.access.people import account, bearer
from tests.worker.access.test_matrix import OF_THE_CONSOLE
from tests.worker.console.conftest import NewBrowser
from tests.worker.inbox import Sessions
from worker.access.permissions import ROUTES
from worker.clock import new_id

OWN = [
    ("GET", "/console/account"),
    ("POST", "/console/account/preferences"),
    ("POST", "/console/account/password"),
    ("POST", "/console/account/sign-out-everywhere"),
    ("POST", "/console/sign-out"),
    ("GET", "/console/second-factor"),
    ("POST", "/console/second-factor"),
    ("POST", "/console/second-factor/enrol"),
    ("POST", "/console/second-factor/confirm"),
]
ITEM = "/console/items/{item_id}"
STEPS = ("claim", "opinion", "decide", "undo", "skip", "hold", "hand-over", "release")
WORK = [("POST", "/console/next"), ("GET", "/console/ahead"), *(("POST", f"{ITEM}/{step}") for step in STEPS)]
READ = [
    ("GET", "/console/"),
    ("GET", ITEM),
    ("GET", "/console/pictures/{kind}/{subject_id}/{variant}"),
    *sorted(OF_THE_CONSOLE),
]
MINE = [("GET", "/console/mine")]
NUMBERS = [("GET", f"/console/{page}") for page in ("numbers", "numbers.json", "feedback")]
MODELS = [("GET", "/console/models")]
STATEMENTS = [("GET", f"{ITEM}/statement")]
WEBHOOKS = [("GET", "/console/webhooks"), ("GET", "/console/webhooks/{endpoint}")]
REPLAY = [("POST", "/console/webhooks/{endpoint}/replay")]
ROLL_OUT = [("POST", f"/console/models/{step}") for step in ("step", "trial", "rollback")]
ALLOWED = {
    Role.SERVICE: [],
    Role.MODERATOR: READ + WORK + OWN + MINE,
    Role.SENIOR: READ + WORK + OWN + MINE + NUMBERS + MODELS + STATEMENTS,
    Role.ADMIN: READ + OWN + NUMBERS + MODELS + STATEMENTS + ROLL_OUT + WEBHOOKS + REPLAY,
    Role.AUDITOR: READ + OWN + NUMBERS + MODELS + STATEMENTS + WEBHOOKS,
}
"""Said once more, apart from the tables, so that a slip in them is seen."""
OPEN = {("GET", "/console/sign-in"), ("POST", "/console/sign-in"), ("POST", "/console/theme")}
PAGES = [route for route in ROUTES if route[1].startswith("/console/")]
SERVED = [*PAGES, *sorted(OF_THE_CONSOLE)]
"""What the hook does not serve."""


def filled(path: str) -> str:
    """A path of nothing that there is."""
    named = {"kind": "image", "variant": "fit", "endpoint": "nobody"}
    return path.format(item_id=new_id(), subject_id=new_id(), **named)


@pytest.fixture(scope="module")
def keys(sessions: Sessions) -> dict[Role, dict[str, str]]:
    """A token of each role."""
    return {role: bearer(sessions, account(sessions, role)) for role in Role}


@pytest.mark.parametrize(("role", "route"), [*itertools.product(Role, SERVED)])
def test_a_page_is_open_to_just_the_roles_that_may(
    new_browser: NewBrowser, keys: dict[Role, dict[str, str]], role: Role, route: tuple[str, str]
) -> None:
    client = new_browser().client
    path = filled(route[1])
    answer = client.request(route[0], path, headers=keys[role], follow_redirects=False)
    if route in ALLOWED[role]:
        drawn = answer.headers.get("content-type") == "image/svg+xml"  # says that the link is not theirs
        assert drawn or answer.status_code in {200, 303, 404, 409, 422}, answer.text
    else:
        assert (answer.status_code, answer.json()["reason"]) == (403, "forbidden")


@pytest.mark.parametrize("route", PAGES)
def test_who_is_not_signed_in_sees_the_sign_in_page_alone(
    new_browser: NewBrowser, route: tuple[str, str]
) -> None:
    path = filled(route[1])
    answer = new_browser().client.request(route[0], path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in")


def test_every_route_of_the_console_is_in_the_table_or_known_to_be_open(application: FastAPI) -> None:
    """A new one fails here until someone has said who may use it."""
    paths = application.openapi()["paths"]
    served = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    pages = {route for route in served if route[1].startswith("/console/")}
    assert pages - OPEN == set(PAGES)
    assert pages >= OPEN
    assert served >= OF_THE_CONSOLE
    assert {route.path for route in application.routes if isinstance(route, Route)} >= {"/"}
