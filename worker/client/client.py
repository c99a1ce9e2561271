"""The client: one method for each thing that a platform asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from worker.client.answers import (
    Appeal,
    Changes,
    Entry,
    Erasure,
    Evidence,
    Holds,
    PersonRecord,
    Standing,
    Statement,
)
from worker.client.line import Line
from worker.clock import new_id

_PAGE = 200


class Artgate:
    """The platform's API. Safe to share between threads; close it, or use it in a ``with`` block.

    Every method raises ``Refused`` with the server's reason code where the answer is final, and
    ``Unavailable`` where there was none after all tries. What changes something carries an idempotency key
    that all its tries share, so that nothing is done twice.

    Args:
        url: where the hook answers, such as ``http://127.0.0.1:8080``.
        token: of an account with the role service (``artgate tokens add``), or of ``ARTGATE_HOOK_TOKENS``.
        attempts: how often a request is sent at most.
        timeout: seconds for one answer.
        more: further arguments of ``Line``.
    """

    def __init__(
        self, url: str, token: str, *, attempts: int = 5, timeout: float = 10.0, **more: Any
    ) -> None:
        self._line = Line(url, token, attempts=attempts, timeout=timeout, **more)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def post_event(self, bucket: str, key: str, **facts: str | int | None) -> UUID:
        """Hand one upload in; ``facts`` are those of the plain form (docs/http.md). Gives the event's id."""
        return self.post_events([{"bucket": bucket, "key": key, **facts}])[0]

    def post_events(self, events: Sequence[Mapping[str, object]]) -> list[UUID]:
        """Hand uploads in, at most 10,000 at once. Gives their events' ids, in order."""
        given = [{name: value for name, value in each.items() if value is not None} for each in events]
        return [UUID(each) for each in self._line.ask("POST", "/v1/events", body={"events": given})["ids"]]

    def standing(self, event_id: UUID) -> Standing:
        """Where an event stands."""
        return Standing.of(self._line.ask("GET", f"/v1/events/{event_id}"))

    def verdict_of_event(self, event_id: UUID) -> Holds:
        """What holds of the picture that an event told of."""
        return Holds.of(self._line.ask("GET", f"/v1/events/{event_id}/verdict"))

    def verdict_of_image(self, image_id: UUID) -> Holds:
        """What holds of a picture."""
        return Holds.of(self._line.ask("GET", f"/v1/images/{image_id}/verdict"))

    def verdict_of_object(self, bucket: str, key: str, version: str | None = None) -> Holds:
        """What holds of an object's newest picture, or of that of one version."""
        query = {"bucket": bucket, "key": key, "version": version}
        return Holds.of(self._line.ask("GET", "/v1/objects/verdict", query=query))

    def history_of_image(self, image_id: UUID) -> Iterator[Entry]:
        """All verdicts and decisions of a picture, newest first."""
        return self._history(f"/v1/images/{image_id}/history", {})

    def history_of_object(self, bucket: str, key: str, version: str | None = None) -> Iterator[Entry]:
        """All verdicts and decisions of an object's pictures, newest first."""
        query = {"bucket": bucket, "key": key, "version": version}
        return self._history("/v1/objects/history", query)

    def statement(self, statement_id: UUID) -> Statement:
        """Why a decision, or a verdict that no person has looked at, was SYNTHETIC."""
        return Statement.of(self._line.ask("GET", f"/v1/statements/{statement_id}"))

    def statement_of_image(self, image_id: UUID) -> Statement:
        """Why a picture is called SYNTHETIC now."""
        return Statement.of(self._line.ask("GET", f"/v1/images/{image_id}/statement"))

    def changes(self, after: int = 0, *, limit: int = _PAGE) -> Changes:
        """A page of what has changed since ``after``; its ``next`` is where to go on."""
        return Changes.of(self._line.ask("GET", "/v1/changes", query={"after": after, "limit": limit}))

    def signal(self, bucket: str, key: str, **known: str | int) -> None:
        """Say what is known of an object: ``reach``, ``reports``, ``language``."""
        self._line.ask("POST", "/v1/signals", body={"bucket": bucket, "key": key} | known)

    def appeal(
        self,
        *,
        appellant: str,
        image_id: UUID | None = None,
        bucket: str | None = None,
        key: str | None = None,
        statement: str | None = None,
        evidence: Sequence[Evidence] = (),
    ) -> Appeal:
        """File an appeal about a picture (``image_id``) or an object (``bucket`` and ``key``)."""
        body = _named(image_id=image_id, bucket=bucket, key=key, appellant=appellant, statement=statement)
        shown = [asdict(each) for each in evidence]
        return Appeal.of(self._once("/v1/appeals", body | {"evidence": shown}))

    def appeal_standing(self, appeal_id: UUID) -> Appeal:
        """Where an appeal stands."""
        return Appeal.of(self._line.ask("GET", f"/v1/appeals/{appeal_id}"))

    def erase(
        self,
        *,
        image_id: UUID | None = None,
        bucket: str | None = None,
        key: str | None = None,
        uploader: str | None = None,
    ) -> Erasure:
        """Have a picture, an object or a person's uploads forgotten."""
        body = _named(image_id=image_id, bucket=bucket, key=key, uploader=uploader)
        return Erasure.of(self._once("/v1/erasures", body))

    def erasure(self, erasure_id: UUID) -> Erasure:
        """The report of an erasure."""
        return Erasure.of(self._line.ask("GET", f"/v1/erasures/{erasure_id}"))

    def records_of(self, uploader: str) -> Iterator[PersonRecord]:
        """All that is stored of a person, for that person, but for what was measured on the pictures."""
        after = None
        while True:
            query = {"uploader": uploader, "limit": _PAGE, "after": after}
            page = self._line.ask("GET", "/v1/persons/records", query=query)
            yield from map(PersonRecord.of, page["records"])
            after = page["next"]
            if after is None:
                return

    def _history(self, path: str, query: Mapping[str, str | None]) -> Iterator[Entry]:
        after = None
        while True:
            page = self._line.ask("GET", path, query={**query, "limit": _PAGE, "after": after})
            yield from map(Entry.of, page["entries"])
            after = page["next"]
            if after is None:
                return

    def _once(self, path: str, body: Mapping[str, object]) -> Any:
        """Send a request that is done once, however often it must be tried."""
        return self._line.ask("POST", path, body=body, headers={"Idempotency-Key": str(new_id())})


def _named(**given: object) -> dict[str, object]:
    """What was given, as JSON has it."""
    kept = {name: value for name, value in given.items() if value is not None}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in kept.items()}
