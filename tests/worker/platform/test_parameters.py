"""A misspelt parameter is told and not ignored."""

from __future__ import annotations

from tests.worker.platform.conftest import Web, refused


def test_a_parameter_that_a_route_does_not_know_is_named_with_those_it_knows(client: Web) -> None:
    answer = client.get("/v1/changes", params={"curser": "1"})
    assert refused(answer) == (422, "bad_request")
    assert answer.json()["detail"] == "the query parameter 'curser' is unknown; expected after, limit"


def test_a_parameter_of_a_route_without_any_is_refused(client: Web) -> None:
    body = {"image_id": "0190b5a0-0000-7000-8000-000000000000", "appellant": "ann"}
    answer = client.post("/v1/appeals?dry=1", json=body)
    assert refused(answer) == (422, "bad_request")
    assert "there is none here" in answer.json()["detail"]
