"""The platform's side: stores pictures, posts their events until each is accepted, and never gives one up."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy.exc import SQLAlchemyError

from tests.chaos.plan import Plan
from tests.chaos.world import TOKEN, World
from tests.pictures import jpeg

_GIVEN_UP_AFTER = 120.0
_PICTURES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One version of one object, and its event."""

    key: str
    etag: str
    sequencer: str

    def body(self, bucket: str) -> dict[str, Any]:
        """The event in artgate's plain form."""
        return {"bucket": bucket, "key": self.key, "etag": self.etag, "sequencer": self.sequencer}


class Sender:
    """Posts events, in the background or one at a time. Safe to share between threads."""

    def __init__(self, world: World, plan: Plan) -> None:
        self._world = world
        self._plan = plan
        self._dice = random.Random(plan.seed)
        self._pictures = [jpeg(96, 128, seed=plan.seed * 1000 + number) for number in range(_PICTURES)]
        self._sequence = itertools.count(1)
        self._lock = threading.Lock()
        self._accepted: set[str] = set()
        self.trouble: BaseException | None = None
        """What ended the background's posting before its time."""

    @property
    def accepted(self) -> frozenset[str]:
        """Ids of the events that were answered with 202."""
        with self._lock:
            return frozenset(self._accepted)

    def store(self, key: str | None = None) -> Stored:
        """Store a picture, under a key of its own or one that may have been written before."""
        with self._lock:
            number = next(self._sequence)
            name = key or f"art/{self._dice.randrange(self._plan.keys):05}.jpg"
            # A version's tag is its content's: the number makes each another one.
            data = self._dice.choice(self._pictures) + number.to_bytes(4, "big")
        return Stored(key=name, etag=self._world.bucket.put(name, data), sequencer=f"{number:016X}")

    def post(self, stored: Stored) -> str:
        """Post an event until it is accepted; gives its id.

        Raises:
            AssertionError: it was refused, or nobody took it for two minutes.
        """
        body = stored.body(self._world.bucket.name)
        deadline = time.monotonic() + _GIVEN_UP_AFTER
        while True:
            answer = self._try(body)
            if answer is not None and answer.status_code == 202:
                (event_id,) = answer.json()["ids"]
                with self._lock:
                    self._accepted.add(event_id)
                return str(event_id)
            assert answer is None or answer.status_code >= 429, answer.text
            assert time.monotonic() < deadline, "the hook takes nothing"
            time.sleep(0.1)

    @contextmanager
    def flowing(self, least: int) -> Iterator[None]:
        """Events flow during the block, and go on after it until there were at least so many."""
        over = threading.Event()
        thread = threading.Thread(target=self._flow, args=(least, over), name="sender", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _flow(self, least: int, over: threading.Event) -> None:
        try:
            for number in itertools.count(1):
                self.post(self.store())
                if number >= least and over.is_set():
                    return
                time.sleep(self._plan.pace)
                self._wait_for_others(over)
        except Exception as error:
            self.trouble = error
            raise

    def _wait_for_others(self, over: threading.Event) -> None:
        """Wait while too many events are under way, unless the fault is over: then the rest just comes."""
        while not over.is_set() and self._backlog() > self._plan.backlog:
            time.sleep(0.1)

    def _backlog(self) -> int:
        try:
            return int(self._world.ask("SELECT count(*) FROM events WHERE finished_at IS NULL")[0][0])
        except SQLAlchemyError:  # PostgreSQL is one of those that are struck
            return 0

    def _try(self, body: dict[str, Any]) -> httpx.Response | None:
        address = f"http://127.0.0.1:{self._world.ways['platform-hook'].port}/v1/events"
        try:
            return httpx.post(
                address,
                json=body,
                headers={"Authorization": f"Bearer {TOKEN}"},
                timeout=5,
                trust_env=False,
            )
        except httpx.HTTPError:
            return None
