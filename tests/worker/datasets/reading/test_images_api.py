"""An image API is read page by page, the newest first, at its own pace."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from detector.reasons import Fault, Reason, Rejected, Transient
from tests.worker.datasets.api import ImagesApi, images_api
from tests.worker.datasets.sets import picture, place_at, records
from worker.clock import utc_now
from worker.datasets.manifest import parse_manifest
from worker.datasets.reading import read
from worker.datasets.reading.polite import PoliteClient
from worker.datasets.record import Bookmark

LARGEST = 2**20


@pytest.fixture
def api() -> Iterator[ImagesApi]:
    """An API with seven pictures."""
    with images_api(7) as running:
        yield running


class Waiting:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def client(self, per_second: float = 1000.0) -> PoliteClient:
        return PoliteClient("api", per_second, sleep=self.sleep, clock=lambda: self.now, dice=lambda: 1.0)


def once(status: int, headers: dict[str, str]) -> Callable[[str], tuple[int, dict[str, str]] | None]:
    """Refuses the first request and no other."""
    refusals = [(status, headers)]
    return lambda _: refusals.pop() if refusals else None


def test_every_page_is_read_and_each_picture_can_be_fetched(api: ImagesApi, tmp_path: Path) -> None:
    rows = records(api.manifest(query={"baseModels": "Pony", "nsfw": False}), tmp_path)
    assert [row.key for row in rows] == [str(number) for number in range(7)]
    assert api.requests[0] == "/api/v1/images?limit=3&sort=Newest&baseModels=Pony&nsfw=false"
    assert len(api.requests) == 3
    assert rows[4].columns["baseModel"] == "Pony"


def test_a_picture_is_fetched_when_it_is_wanted(api: ImagesApi, tmp_path: Path) -> None:
    (source,) = parse_manifest(api.manifest()).sources
    rows = iter(read(source, place_at(tmp_path)))
    row = next(rows)
    assert not isinstance(row, Bookmark)
    assert row.fetch() == picture(0)


def test_a_bookmark_is_the_page_to_go_on_with(api: ImagesApi, tmp_path: Path) -> None:
    (source,) = parse_manifest(api.manifest()).sources
    marks = [item.place for item in read(source, place_at(tmp_path)) if isinstance(item, Bookmark)]
    assert len(marks) == 2
    assert [row.key for row in records(api.manifest(), tmp_path, start=marks[1])] == ["6"]


def test_requests_keep_their_distance(api: ImagesApi) -> None:
    waiting = Waiting()
    client = waiting.client(per_second=4)
    for _ in range(3):
        client.get(f"{api.url}?limit=1", LARGEST)
    assert waiting.waited == [0.25, 0.25]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(api: ImagesApi, status: int) -> None:
    waiting = Waiting()
    api.refuse = once(status, {"Retry-After": "7"})
    assert waiting.client().get(f"{api.url}?limit=1", LARGEST).status == 200
    assert waiting.waited == [7.0]


def test_retry_after_may_be_a_date(api: ImagesApi) -> None:
    waiting = Waiting()
    api.refuse = once(429, {"Retry-After": format_datetime(utc_now() + timedelta(seconds=60), usegmt=True)})
    waiting.client().get(f"{api.url}?limit=1", LARGEST)
    assert 50 < waiting.waited[0] <= 60


def test_what_fails_again_and_again_is_given_up_with_growing_patience(api: ImagesApi) -> None:
    waiting = Waiting()
    api.refuse = lambda _: (500, {})
    with pytest.raises(Transient, match="answers 500 again and again; run the same command again"):
        waiting.client().get(f"{api.url}?limit=1", LARGEST)
    assert waiting.waited == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_who_asks_for_too_long_a_wait_is_left(api: ImagesApi) -> None:
    waiting = Waiting()
    api.refuse = lambda _: (429, {"Retry-After": "86400"})
    with pytest.raises(Transient):
        waiting.client().get(f"{api.url}?limit=1", LARGEST)
    assert waiting.waited == []


def test_a_server_that_never_answered_is_left_sooner() -> None:
    waiting = Waiting()
    with pytest.raises(Transient, match=r"source api: 127\.0\.0\.1 does not answer"):
        waiting.client().get("http://127.0.0.1:9/api", LARGEST)
    assert len(waiting.waited) == 2


def test_an_answer_that_is_too_large_is_not_read_to_its_end(api: ImagesApi) -> None:
    with pytest.raises(Rejected) as refused:
        Waiting().client().get(api.url.replace("api/v1/images", "pictures/1"), 1000)
    assert refused.value.reason is Reason.TOO_MANY_BYTES


def test_a_picture_that_is_gone_or_has_no_address_is_refused_by_itself(
    api: ImagesApi, tmp_path: Path
) -> None:
    api.refuse = lambda path: (404, {}) if path.startswith("/pictures") else None
    (source,) = parse_manifest(api.manifest()).sources
    rows = iter(read(source, place_at(tmp_path)))
    row = next(rows)
    assert not isinstance(row, Bookmark)
    with pytest.raises(Rejected, match="answers 404"):
        row.fetch()
    with pytest.raises(Rejected, match="no address of the web"):
        Waiting().client().get("ftp://a/b", LARGEST)


def test_an_api_that_refuses_the_request_is_a_fault(api: ImagesApi, tmp_path: Path) -> None:
    api.refuse = lambda _: (401, {})
    with pytest.raises(Fault, match="refuses the request with 401; check the source's url and query"):
        records(api.manifest(), tmp_path)


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ({"pictures": []}, "has no list of items"),
        ({"items": [1]}, "has no list of items"),
        ({"items": [{"id": 1}]}, "picture: there is no column 'url'; the columns are: id"),
        ({"items": [{"url": "x"}], "metadata": {"nextPage": "http://10.0.0.1/x"}}, "is on another server"),
    ],
)
def test_an_answer_of_another_form_is_refused(
    api: ImagesApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: dict[str, Any], complaint: str
) -> None:
    monkeypatch.setattr(ImagesApi, "answer", lambda *_: (200, json.dumps(page).encode()))
    with pytest.raises(Rejected, match=complaint):
        records(api.manifest(), tmp_path)


def test_a_real_pace_is_kept(api: ImagesApi, tmp_path: Path) -> None:
    started = time.monotonic()
    records(api.manifest(per_second=10), tmp_path)
    assert time.monotonic() - started >= 0.2
