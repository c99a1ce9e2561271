"""Moderators who work off the review queue meanwhile, as far as the hook answers them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import httpx

from tests.chaos.world import MODERATORS, World

_THINK_SECONDS = 0.2
_PATIENCE = 5.0


class Moderators:
    """One thread for each; remembers what was accepted."""

    def __init__(self, world: World) -> None:
        self._address = f"http://127.0.0.1:{world.ways['platform-hook'].port}/v1/review"
        self._over = threading.Event()
        self._decided: set[tuple[str, int]] = set()

    @property
    def decided(self) -> frozenset[tuple[str, int]]:
        """Items and lease numbers of the decisions that were accepted."""
        return frozenset(self._decided)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """They work during the block."""
        threads = [
            threading.Thread(target=self._work, args=(token,), name=name, daemon=True)
            for name, token in MODERATORS.items()
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _work(self, token: str) -> None:
        while not self._over.is_set():
            case = self._ask(token, "claim")
            if case is not None:
                lease = {"lease_number": case["lease_number"], "decision": "genuine"}
                if self._ask(token, f"items/{case['id']}/decide", lease) is not None:
                    self._decided.add((case["id"], case["lease_number"]))
            time.sleep(_THINK_SECONDS)

    def _ask(self, token: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """What is answered with 200; None for all else, which is tried again or comes back by its lease."""
        try:
            answer = httpx.post(
                f"{self._address}/{path}",
                json=body,
                headers={"Authorization": f"Bearer {token}"},
                timeout=_PATIENCE,
                trust_env=False,
            )
        except httpx.HTTPError:
            return None
        answered: dict[str, Any] = answer.json() if answer.status_code == HTTPStatus.OK else {}
        return answered or None
