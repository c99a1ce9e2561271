"""What the two processes say to each other: packets of one JSON object, each with at most one descriptor."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass
from typing import Any

from detector.decode import DecodeLimits
from detector.picture import PictureFacts
from detector.reasons import Reason, Rejected

Packet = dict[str, Any]

READY: Packet = {"ready": True}
"""From the child, once: it is limited, and has imported what it needs."""
DECODE: Packet = {"decode": True}
"""From the parent: decode the file beside this."""
BEGUN: Packet = {"begun": True}
"""From the child: it has the file. If it dies from now on, the file is to blame."""

_LARGEST = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a child is started with, as its one argument."""

    limits: DecodeLimits
    """Of a file."""
    seconds: float
    """Processor time of one file."""
    memory: int
    """Bytes of the child's address space."""

    def to_argument(self) -> str:
        """As text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_argument(cls, text: str) -> Terms:
        """From that text."""
        members = json.loads(text)
        return cls(**members | {"limits": DecodeLimits(**members["limits"])})


def decoded(facts: PictureFacts) -> Packet:
    """The answer that goes with the pixels."""
    return {"facts": asdict(facts)}


def refused(error: Rejected) -> Packet:
    """The answer where there are no pixels."""
    return {"reason": error.reason, "message": error.message}


def facts_of(answer: Packet) -> PictureFacts:
    """The facts of a decoded picture.

    Raises:
        Rejected: the answer is a refusal.
        KeyError, TypeError, ValueError: it is nothing that this program says.
    """
    if "reason" in answer:
        raise Rejected(Reason(answer["reason"]), str(answer["message"]))
    return PictureFacts(**answer["facts"])


def send(channel: socket.socket, packet: Packet, descriptor: int | None = None) -> None:
    """Send a packet, and lend the other side a descriptor of its own."""
    socket.send_fds(channel, [json.dumps(packet).encode()], [] if descriptor is None else [descriptor])


def receive(channel: socket.socket) -> tuple[Packet | None, int | None]:
    """A packet, None when the other side has ended, and the descriptor beside it, which is ours to close.

    Raises:
        TimeoutError: nothing came within the channel's time.
        ValueError: it is no JSON.
    """
    content, descriptors, _, _ = socket.recv_fds(channel, _LARGEST, 1)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - its only form
    try:
        return (json.loads(content) if content else None), (descriptors[0] if descriptors else None)
    except ValueError:
        for descriptor in descriptors:
            os.close(descriptor)
        raise
