"""What is stored of a person, over HTTP."""

from __future__ import annotations

from tests.worker.inbox import Sessions
from tests.worker.person.conftest import REVIEWER, person
from tests.worker.platform.conftest import Web, refused
from worker.clock import new_id


def test_pages_lead_to_everything_but_the_measurements(client: Web, sessions: Sessions) -> None:
    """The hook may not read vectors; the command gives them."""
    someone = person(sessions)
    found, query = [], {"uploader": someone.name, "limit": "1"}
    while True:
        page = client.get("/v1/persons/records", params=query).json()
        found += [each["part"] for each in page["records"]]
        assert REVIEWER not in str(page)
        if page["next"] is None:
            break
        query |= {"after": page["next"]}
    assert found == [
        *("uploads", "uploads", "pictures", "verdicts", "trial_verdicts", "questions", "decisions"),
        *("statements", "appeals", "evidence", "known_answers"),
    ]


def test_who_is_unknown_and_what_is_no_page_are_refused(client: Web) -> None:
    nobody = {"uploader": f"nobody-{new_id()}"}
    assert refused(client.get("/v1/persons/records", params=nobody)) == (404, "not_found")
    for word in ("measurements", "uploads.7", "x", "uploads."[::-1]):
        answer = client.get("/v1/persons/records", params=nobody | {"after": word})
        assert refused(answer) == (404, "not_found"), word
    assert refused(client.get("/v1/persons/records")) == (422, "bad_request")
