"""Listing a real bucket."""

from __future__ import annotations

import pytest

from detector.reasons import Reason, Rejected
from tests.servers import Bucket
from worker.listing import list_objects, look_at
from worker.settings import Settings
from worker.storage import make_client


def test_every_object_below_a_prefix_comes_once_page_by_page(settings: Settings, bucket: Bucket) -> None:
    tags = {f"art/{number}.png": bucket.put(f"art/{number}.png", b"x" * number) for number in range(1, 8)}
    bucket.put("elsewhere.png", b"x")
    pages = list(list_objects(make_client(settings), bucket.name, "art/", page=3))
    assert [len(page) for page in pages] == [3, 3, 1]
    found = {listed.key: (listed.etag, listed.size) for page in pages for listed in page}
    assert found == {f"art/{number}.png": (tags[f"art/{number}.png"], number) for number in range(1, 8)}


def test_an_object_that_is_looked_at_has_its_version_tag(settings: Settings, bucket: Bucket) -> None:
    tag = bucket.put("ein Bild+ü.png", b"four")
    found = look_at(make_client(settings), bucket.name, "ein Bild+ü.png")
    assert (found.etag, found.size, found.version_id) == (tag, 4, None)


def test_what_is_not_there_is_missing(settings: Settings, bucket: Bucket) -> None:
    client = make_client(settings)
    for ask, what in (
        (lambda: look_at(client, bucket.name, "never.png"), "object"),
        (lambda: list(list_objects(client, "no-such-bucket")), "bucket"),
    ):
        with pytest.raises(Rejected, match=f"no {what} of this name") as error:
            ask()
        assert error.value.reason is Reason.OBJECT_MISSING
