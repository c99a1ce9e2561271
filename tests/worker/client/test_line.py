"""The client's line: what is tried again, what is final, and that all tries share one key."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from detector.reasons import Reason
from worker.client import Artgate, Refused, Unavailable

ERASED = {"id": str(UUID(int=1)), "state": "done", "erased": {}}
Answer = Callable[[httpx.Request], httpx.Response]


class Server:
    """Gives the prepared answers one after the other, the last one for ever, and keeps the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.waits: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, **more: Any) -> Artgate:
        return Artgate(
            "http://hook.example",
            "a token",
            transport=httpx.MockTransport(self),
            wait=self.waits.append,
            dice=lambda: 1.0,
            **more,
        )


def problem(status: int, reason: str, **headers: str) -> httpx.Response:
    body = {"status": status, "reason": reason, "detail": f"a sentence about {reason}"}
    return httpx.Response(status, json=body, headers=headers)


def done(status: int = 202) -> httpx.Response:
    return httpx.Response(status, json=ERASED)


def test_every_request_shows_the_token() -> None:
    server = Server(done())
    server.client().erasure(UUID(int=1))
    assert server.requests[0].headers["authorization"] == "Bearer a token"


def test_what_passes_is_tried_again_with_the_same_key_and_growing_delays() -> None:
    server = Server(
        problem(503, "database_unavailable"), httpx.ConnectError("away"), httpx.ReadTimeout("slow"), done()
    )
    assert server.client().erase(uploader="ann").state == "done"
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
    assert server.waits == [0.5, 1.0, 2.0]


def test_two_requests_have_two_keys() -> None:
    server = Server(done())
    client = server.client()
    client.erase(uploader="ann")
    client.erase(uploader="ann")
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 2


def test_the_server_says_how_long_to_wait() -> None:
    """And no server has us wait for hours."""
    server = Server(
        problem(429, "rate_limited", **{"Retry-After": "7"}),
        problem(503, "database_unavailable", **{"Retry-After": "86400"}),
        done(),
    )
    server.client().erase(uploader="ann")
    assert server.waits == [7.0, 30.0]


def test_a_key_that_is_being_worked_on_is_waited_for() -> None:
    server = Server(problem(409, "request_in_progress"), done())
    assert server.client().erase(uploader="ann").state == "done"


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "bad_signature"), (404, "not_found"), (409, "already_appealed"), (429, "appeal_limit")],
)
def test_what_is_final_is_tried_once_and_raised_with_its_code(status: int, code: str) -> None:
    server = Server(problem(status, code))
    with pytest.raises(Refused, match=f"a sentence about {code}") as caught:
        server.client().erase(uploader="ann")
    assert (caught.value.reason, caught.value.code, caught.value.status) == (Reason(code), code, status)
    assert (len(server.requests), server.waits) == (1, [])


def test_a_code_of_a_newer_server_is_kept() -> None:
    with pytest.raises(Refused) as caught:
        Server(problem(409, "from_the_future")).client().erase(uploader="ann")
    again = pickle.loads(pickle.dumps(caught.value))  # as between processes
    assert (again.code, again.reason, again.status) == ("from_the_future", Reason.BAD_REQUEST, 409)


def test_after_all_tries_it_says_what_was_wrong_last() -> None:
    server = Server(problem(503, "database_unavailable"))
    with pytest.raises(Unavailable, match="in 3 tries: 503, a sentence about database_unavailable"):
        server.client(attempts=3).erase(uploader="ann")
    assert len(server.requests) == 3
    assert len(server.waits) == 2


@pytest.mark.parametrize("answer", [httpx.Response(404, text="<html>"), httpx.Response(301)])
def test_an_answer_of_something_else_is_no_answer_of_ours(answer: httpx.Response) -> None:
    """A redirect is not followed: the token is for this server alone."""
    with pytest.raises(Refused, match="is it artgate's hook"):
        Server(answer).client().erase(uploader="ann")
