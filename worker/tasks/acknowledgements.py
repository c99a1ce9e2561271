"""Acknowledgements that were asked for, until the broker has taken them."""

from __future__ import annotations

from typing import Any


class Acknowledgements:
    """Remembers messages between two looks: what is asked for is done at the loop's next turn."""

    def __init__(self) -> None:
        self._asked: list[Any] = []
        self._seen_open: list[Any] = []

    def ask(self, message: Any) -> None:
        """Note that Celery was told to acknowledge a message of kombu's, or to give it back."""
        self._asked.append(message)

    def lost(self) -> bool:
        """Whether one was still open at the look before this one and is so now.

        One on a connection that has been given up is none: the broker gives the message out again.
        """
        asked, before = self._asked, self._seen_open
        self._asked, self._seen_open = [], [message for message in asked if _open(message)]
        return any(map(_open, before))


def _open(message: Any) -> bool:
    return not message.acknowledged and not _closed(message.channel)


def _closed(channel: Any) -> bool:
    """Of Valkey's transport, or of RabbitMQ's."""
    return bool(channel.closed) if hasattr(channel, "closed") else not channel.is_open
