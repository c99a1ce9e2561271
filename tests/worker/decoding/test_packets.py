"""What the two processes say to each other."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator

import pytest

from detector.decode import DecodeLimits
from detector.picture import PictureFacts
from detector.reasons import Reason, Rejected
from worker.decoding.packets import DECODE, Terms, decoded, facts_of, receive, refused, send

FACTS = PictureFacts(
    format="PNG", width=3, height=2, mode="P", frames=1, orientation=1, has_alpha=True, has_profile=False
)


@pytest.fixture
def channel() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield ours, theirs


def test_terms_survive_their_argument() -> None:
    terms = Terms(limits=DecodeLimits(max_bytes=5, max_pixels=6), seconds=1.5, memory=7)
    assert Terms.from_argument(terms.to_argument()) == terms


def test_facts_survive_their_answer() -> None:
    assert facts_of(json.loads(json.dumps(decoded(FACTS)))) == FACTS


def test_a_refusal_survives_its_answer() -> None:
    answer = json.loads(json.dumps(refused(Rejected(Reason.CORRUPT, "It is broken."))))
    with pytest.raises(Rejected, match=r"It is broken\.") as error:
        facts_of(answer)
    assert error.value.reason is Reason.CORRUPT


@pytest.mark.parametrize(
    "answer", [{}, {"facts": {"width": 1}}, {"facts": 3}, {"reason": "unheard of", "message": ""}]
)
def test_what_no_decoder_says_is_an_error(answer: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        facts_of(answer)


def test_a_packet_carries_a_descriptor(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel
    reading, writing = os.pipe()
    send(ours, DECODE, writing)
    packet, lent = receive(theirs)
    assert packet == DECODE
    assert lent is not None
    assert not os.get_inheritable(lent)
    os.write(lent, b"through")
    assert os.read(reading, 10) == b"through"
    for descriptor in (reading, writing, lent):
        os.close(descriptor)


def test_the_end_of_the_other_side_is_no_packet(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel
    theirs.close()
    assert receive(ours) == (None, None)


def test_a_packet_that_is_no_json_leaves_no_descriptor(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel
    reading, writing = os.pipe()
    socket.send_fds(ours, [b"\xff not json"], [writing])
    os.close(writing)
    with pytest.raises(UnicodeDecodeError):
        receive(theirs)
    assert os.read(reading, 1) == b""  # nobody holds the writing end
    os.close(reading)
