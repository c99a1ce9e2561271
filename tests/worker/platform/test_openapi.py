"""The API's description against the running server: what it answers is what is described.

Schemathesis makes the requests, of the described form and not of it; the seed is fixed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from db.models import HumanLabel
from deploy.local.launch import free_port
from detector.reasons import Reason
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import BEARER, decided, finish, fresh_key
from tests.worker.running import serving
from worker.access.permissions import ROUTES, Permission
from worker.settings import Settings

BOUNDED = examples(
    max_examples=30, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
FOR_PLATFORMS = {
    Permission.SEND_EVENTS,
    Permission.READ_EVENTS,
    Permission.APPEAL,
    Permission.ERASE,
    Permission.EXPORT,
}
PLATFORM_ROUTES = [route for route, permission in ROUTES.items() if permission in FOR_PLATFORMS]

EXCLUDED: dict[tuple[str, str], Any] = {("POST", "/v1/events"): [positive_data_acceptance]}
"""Its body is whatever storage systems send: described as any JSON, and read or refused."""


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """On a port of its own."""
    return Settings(**(settings.model_dump() | {"hook_port": free_port()}))


@pytest.fixture(scope="module")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``artgate hook``, running."""
    with serving(settings, tmp_path_factory.mktemp("hook")) as address:
        yield address


@pytest.fixture(scope="module")
def described(server: str) -> Any:
    """The description as the server gives it, to anyone."""
    return httpx.get(f"{server}/v1/openapi.json", trust_env=False).json()


@pytest.fixture(scope="module")
def loaded(server: str) -> Any:
    """The description as schemathesis reads it."""
    return schemathesis.openapi.from_url(f"{server}/v1/openapi.json")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("route", PLATFORM_ROUTES, ids=" ".join)
def test_whatever_is_asked_is_answered_as_described(
    loaded: Any, route: tuple[str, str], mode: GenerationMode
) -> None:
    """Requests of the described form get an answer of the described form; others are refused."""
    method, path = route
    operation = loaded[path][method]

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        case.call_and_validate(headers=BEARER, excluded_checks=EXCLUDED.get(route, []))

    ask()


def test_real_answers_are_as_described(loaded: Any, sessions: Sessions) -> None:
    """Those that random ids never meet: a picture with verdict and decision, its appeal, its erasure."""
    key = fresh_key()
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", key, uploader="artist")
        finish(session, filed)
    decision = decided(sessions, filed.item, HumanLabel.SYNTHETIC)
    place = {"bucket": "uploads", "key": key}

    def ask(method: str, path: str, status: int, **how: Any) -> Any:
        case = loaded[path][method].Case(headers=dict(BEARER), **how)
        answer = case.call_and_validate()
        assert answer.status_code == status, answer.text
        return answer.json()

    body = {"media_type": "application/json"}
    image, event = {"image_id": str(filed.image)}, {"event_id": str(filed.event)}
    ask("GET", "/v1/events/{event_id}", 200, path_parameters=event)
    ask("GET", "/v1/events/{event_id}/verdict", 200, path_parameters=event)
    ask("GET", "/v1/images/{image_id}/verdict", 200, path_parameters=image)
    ask("GET", "/v1/images/{image_id}/history", 200, path_parameters=image)
    ask("GET", "/v1/images/{image_id}/statement", 200, path_parameters=image)
    ask("GET", "/v1/statements/{statement_id}", 200, path_parameters={"statement_id": str(decision)})
    ask("GET", "/v1/objects/verdict", 200, query=place)
    ask("GET", "/v1/objects/history", 200, query=place)
    assert ask("GET", "/v1/changes", 200, query={"limit": 5})["changes"]
    appeal = ask("POST", "/v1/appeals", 201, body=image | {"appellant": "artist"}, **body)
    ask("GET", "/v1/appeals/{appeal_id}", 200, path_parameters={"appeal_id": appeal["id"]})
    ask("POST", "/v1/signals", 200, body=place | {"reports": 2}, **body)
    ask("POST", "/v1/events", 202, body={"bucket": "uploads", "key": fresh_key()}, **body)
    assert ask("GET", "/v1/persons/records", 200, query={"uploader": "artist"})["records"]
    erased = ask("POST", "/v1/erasures", 202, body={"uploader": "artist"}, **body)
    ask("GET", "/v1/erasures/{erasure_id}", 200, path_parameters={"erasure_id": erased["id"]})


def test_every_route_for_platforms_is_described_and_no_other(described: Any) -> None:
    listed = {(method.upper(), path) for path, each in described["paths"].items() for method in each}
    assert listed == set(PLATFORM_ROUTES)


def test_every_refusal_has_an_example_with_a_code_that_exists(described: Any) -> None:
    found = set()
    for path in described["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                for code, example in (
                    answer["content"].get("application/problem+json", {}).get("examples", {}).items()
                ):
                    assert example["value"]["status"] == int(status)
                    assert example["value"]["reason"] == code
                    found.add(Reason(code))
    assert {Reason.RATE_LIMITED, Reason.ALREADY_APPEALED, Reason.STILL_WORKING} <= found


def test_every_answer_that_is_no_refusal_has_an_example_of_its_own_form(described: Any) -> None:
    """A newcomer reads these first."""
    for name in (
        "EffectiveView",
        "HistoryView",
        "ChangesView",
        "AppealView",
        "ErasureView",
        "PersonRecordsView",
    ):
        model = described["components"]["schemas"][name]
        (example,) = model["examples"]
        assert set(example) == set(model["properties"])


def test_the_description_names_nothing_of_this_installation(described: Any, settings: Settings) -> None:
    text = json.dumps(described)
    secrets = [token.get_secret_value() for token in settings.hook_tokens]
    assert not [word for word in (*secrets, str(settings.s3_endpoint)) if word in text]
