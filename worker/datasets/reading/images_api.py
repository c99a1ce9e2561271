"""A paged JSON API of images in CivitAI's form, the newest first.

``GET /api/v1/images?limit=...&sort=Newest&...`` answers ``{"items": [{"id": ..., "url": ..., ...}],
"metadata": {"nextPage": ..., "nextCursor": ...}}`` (https://developer.civitai.com/site/reference/images).
A page's address is its bookmark, so an interrupted reading goes on with the page that it was at, and pictures
that were added since stay out of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import httpx

from detector.reasons import Fault, Reason, Rejected
from worker.datasets.fields import MissingColumnError, look_up
from worker.datasets.reading.place import Place
from worker.datasets.reading.polite import PoliteClient
from worker.datasets.record import Bookmark, Record
from worker.datasets.sources import ImagesApiSource

_LARGEST_PAGE = 64 * 2**20


def read(source: ImagesApiSource, place: Place, start: str | None = None) -> Iterator[Record | Bookmark]:
    """The items of page after page, with a bookmark after each page.

    Raises:
        Rejected: ``dataset_invalid``: the answers are not of this form.
        Fault: ``dataset_unavailable``: the API refuses the request.
        Transient: ``dataset_unavailable``: it failed again and again.
    """
    client = PoliteClient(source.name, source.per_second)
    seen: set[str] = set()
    address: str | None = start or _first(source)
    try:
        while address is not None and address not in seen:
            seen.add(address)
            items, following = _page(client, source, address)
            for item in items:
                yield _record(client, source, place, item)
            if following is not None:
                yield Bookmark(following)
            address = following
    finally:
        client.close()


def _first(source: ImagesApiSource) -> str:
    asked = {"limit": source.page_size, "sort": "Newest", **source.query}
    return str(httpx.URL(source.url).copy_merge_params({name: _parameter(asked[name]) for name in asked}))


def _parameter(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _page(
    client: PoliteClient, source: ImagesApiSource, address: str
) -> tuple[list[Mapping[str, Any]], str | None]:
    """The items of a page, and the address of the next one."""
    answer = client.get(address, _LARGEST_PAGE)
    if answer.status != HTTPStatus.OK:
        raise Fault(
            Reason.DATASET_UNAVAILABLE,
            f"source {source.name}: {httpx.URL(address).host} refuses the request with {answer.status}; "
            "check the source's url and query",
        )
    try:
        page = json.loads(answer.body)
        items = page["items"]
        metadata = page.get("metadata") or {}
    except (ValueError, TypeError, KeyError, AttributeError):
        items = None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _invalid(source, "the answer has no list of items; check the source's url")
    return items, _following(source, metadata, address) if items else None


def _following(source: ImagesApiSource, metadata: Mapping[str, Any], address: str) -> str | None:
    """The next page: by its address, which must be of the same server, else by its cursor."""
    named, cursor = metadata.get("nextPage"), metadata.get("nextCursor")
    here = httpx.URL(address)
    if named:
        following = here.join(str(named))
        if following.host != here.host:
            raise _invalid(source, f"the next page is on another server, {following.host}; check the url")
        return str(following)
    return str(here.copy_set_param("cursor", str(cursor))) if cursor else None


def _record(client: PoliteClient, source: ImagesApiSource, place: Place, item: Mapping[str, Any]) -> Record:
    try:
        address = str(look_up(source.picture, item))
    except MissingColumnError as error:
        raise _invalid(source, f"picture: {error}") from None
    return Record(
        key=str(item.get("id", address)),
        columns=item,
        fetch=partial(_fetch, client, address, place.max_bytes),
    )


def _fetch(client: PoliteClient, address: str, max_bytes: int) -> bytes:
    answer = client.get(address, max_bytes)
    if answer.status != HTTPStatus.OK:
        raise Rejected(
            Reason.FILE_UNREADABLE, f"The server answers {answer.status}: the picture is not there."
        )
    return answer.body


def _invalid(source: ImagesApiSource, what: str) -> Rejected:
    return Rejected(Reason.DATASET_INVALID, f"source {source.name}: {what}")
