"""Signatures: what is accepted, and the many things that are not."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.reasons import Reason, Rejected
from worker import signature

BODY = b'{"bucket": "uploads", "key": "a.png"}'
NOW = 1_800_000_000
NEW, OLD = "the new secret", "the old secret"


def refused(header: str | None, body: bytes = BODY, now: int = NOW, window: int = 300) -> str:
    """The sentence of a refusal."""
    with pytest.raises(Rejected) as caught:
        signature.verify(header, body, (NEW, OLD), now, window)
    assert caught.value.reason is Reason.BAD_SIGNATURE
    return caught.value.message


def test_the_header_is_what_the_documentation_says() -> None:
    """Anyone with an HMAC can make it: the time, a dot, the raw body."""
    mac = hmac.new(NEW.encode(), f"{NOW}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert signature.sign(NEW, BODY, NOW) == f"t={NOW},v1={mac}"


@pytest.mark.parametrize("secret", [NEW, OLD])
@pytest.mark.parametrize("off", [-300, 0, 300])
def test_both_live_secrets_are_accepted_within_the_window(secret: str, off: int) -> None:
    """While a secret is being replaced, requests signed with either get in."""
    signature.verify(signature.sign(secret, BODY, NOW + off), BODY, (NEW, OLD), NOW)


def test_one_of_several_signatures_is_enough() -> None:
    """A sender that does not know which secret is live signs with both; other versions are passed over."""
    header = f"t={NOW},v0=abc,v1={'0' * 64}, v1={signature.sign(OLD, BODY, NOW).partition('v1=')[2].upper()}"
    signature.verify(header, BODY, (NEW, OLD), NOW)


@pytest.mark.parametrize("off", [-301, 301, -86_400])
def test_a_stale_or_early_signature_is_refused(off: int) -> None:
    """A recorded request is worth nothing after the window."""
    assert "clock" in refused(signature.sign(NEW, BODY, NOW + off))


def test_a_changed_body_or_time_is_refused() -> None:
    """Both are signed."""
    header = signature.sign(NEW, BODY, NOW)
    refused(header, BODY + b" ")
    refused(header.replace(str(NOW), str(NOW + 1)))


def test_a_retired_secret_is_refused() -> None:
    """Rotation ends when the old secret is taken out."""
    refused(signature.sign("retired", BODY, NOW))


def test_without_a_live_secret_nothing_gets_in() -> None:
    """Not even what is signed with the empty secret."""
    with pytest.raises(Rejected):
        signature.verify(signature.sign(NEW, BODY, NOW), BODY, (), NOW)
    with pytest.raises(ValueError, match="empty secret"):
        signature.sign("", BODY, NOW)


def test_an_absent_header_is_refused_with_what_was_expected() -> None:
    """The sentence names the header and its form."""
    assert "X-Artgate-Signature" in refused(None)


DIGEST = "a" * 64


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1",
        f"v1={DIGEST}",
        f"t=,v1={DIGEST}",
        f"t=-1,v1={DIGEST}",
        f"t=1e3,v1={DIGEST}",
        f"t=٣,v1={DIGEST}",
        f"t={'9' * 5000},v1={DIGEST}",
        f"t={NOW},t={NOW},v1={DIGEST}",
        f"t={NOW},v1={DIGEST[1:]}",
        f"t={NOW},v1={DIGEST}\n",
        f"t={NOW},v1=ä{DIGEST[1:]}",
        f"t={NOW}," + ",".join([f"v1={DIGEST}"] * 100),
    ],
)
def test_a_malformed_header_is_refused(header: str) -> None:
    """None of them reaches the comparison."""
    assert "expected" in refused(header)


@given(header=st.text(), body=st.binary())
def test_no_header_does_more_than_be_refused(header: str, body: bytes) -> None:
    """Whatever is sent, the answer is a refusal."""
    refused(header, body)


@given(secret=st.text(min_size=1), body=st.binary(), now=st.integers(0, 2**36))
def test_what_was_signed_is_accepted(secret: str, body: bytes, now: int) -> None:
    """For every secret and body."""
    signature.verify(signature.sign(secret, body, now), body, (secret,), now)
