"""Messages of Amazon SNS over HTTPS, and the proof that SNS sent them.

Sources: Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages" and "HTTP/HTTPS
notification JSON format". A message names the address of the certificate that signed it. Only an address of
SNS in the topic's own region is believed, and the certificate is fetched from there over TLS: that it comes
from that host is what makes it SNS's.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from detector.reasons import Reason, Rejected

_HOST = re.compile(r"sns\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_ARN = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_.-]+")
_OF_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_OF_SUBSCRIPTION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    "Notification": _OF_NOTIFICATION,
    "SubscriptionConfirmation": _OF_SUBSCRIPTION,
    "UnsubscribeConfirmation": _OF_SUBSCRIPTION,
}
_DIGESTS = {"1": hashes.SHA1, "2": hashes.SHA256}


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsMessage:
    """A message of an allowed topic whose signature is not verified yet."""

    kind: str
    """``Notification``, ``SubscriptionConfirmation`` or ``UnsubscribeConfirmation``."""
    topic: str
    certificate_url: str
    """An address of SNS in the topic's region."""
    subscribe_url: str | None
    """Where a subscription is confirmed: an address of SNS in the topic's region too."""
    signature: bytes
    version: str
    text: bytes
    """What is signed."""


def read_message(body: bytes, topics: Collection[str]) -> SnsMessage:
    """The message in a request's body.

    Args:
        body: as it came.
        topics: ARNs of the topics that may send here.

    Raises:
        Rejected: ``bad_event``: no message of SNS; ``forbidden``: of a topic that is not allowed;
            ``bad_signature``: it names an address that is not SNS's.
    """
    members = _members(body)
    kind, topic = members.get("Type", ""), members.get("TopicArn", "")
    names = _SIGNED.get(kind)
    if names is None:
        raise Rejected(Reason.BAD_EVENT, "the body is no message of SNS; expected one with Type and TopicArn")
    if topic not in topics:
        raise Rejected(Reason.FORBIDDEN, "the topic is not one of ARTGATE_SNS_TOPICS; add its ARN there")
    try:
        signature = base64.b64decode(members.get("Signature", ""), validate=True)
    except ValueError:  # binascii.Error is one, and what is no ASCII raises another
        raise _untrusted("its signature is no base64") from None
    subscribe = members.get("SubscribeURL") if kind == "SubscriptionConfirmation" else None
    if subscribe is not None:
        _check_subscribe(subscribe, topic)
    elif kind == "SubscriptionConfirmation":
        raise _untrusted("it names no address to confirm at")
    certificate = members.get("SigningCertURL", "")
    _check_address(certificate, topic)
    if not urlsplit(certificate).path.endswith(".pem"):
        raise _untrusted("its certificate is no .pem")
    return SnsMessage(
        kind=kind,
        topic=topic,
        certificate_url=certificate,
        subscribe_url=subscribe,
        signature=signature,
        version=members.get("SignatureVersion", ""),
        text="".join(f"{name}\n{members[name]}\n" for name in names if name in members).encode(),
    )


def verify(message: SnsMessage, certificate: bytes, now: datetime) -> None:
    """Accept a message that the certificate's key has signed.

    Args:
        message: of ``read_message``.
        certificate: PEM, as the message's address gave it.
        now: when it must be valid.

    Raises:
        Rejected: ``bad_signature``.
    """
    digest = _DIGESTS.get(message.version)
    if digest is None:
        raise _untrusted("its signature is of a version other than 1 and 2")
    try:
        read = x509.load_pem_x509_certificate(certificate)
    except ValueError:
        raise _untrusted("its certificate can't be read") from None
    if not read.not_valid_before_utc <= now <= read.not_valid_after_utc:
        raise _untrusted("its certificate is not valid at this time")
    key = read.public_key()
    if not isinstance(key, RSAPublicKey):
        raise _untrusted("its certificate has no RSA key")
    try:
        key.verify(message.signature, message.text, PKCS1v15(), digest())
    except InvalidSignature:
        raise _untrusted("its signature is not that of the certificate") from None


def _members(body: bytes) -> dict[str, str]:
    """The texts of a JSON object; other members are passed over."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):  # the latter where it is nested beyond reason
        read = None
    if not isinstance(read, dict):
        raise Rejected(Reason.BAD_EVENT, "the body is no message of SNS; expected a JSON object")
    texts = {name: value for name, value in read.items() if isinstance(value, str)}
    if any(_is_surrogate(value) for value in texts.values()):
        raise Rejected(Reason.BAD_EVENT, "the body holds text that is no Unicode; expected UTF-8")
    return texts


def _is_surrogate(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _check_subscribe(url: str, topic: str) -> None:
    _check_address(url, topic)
    query = parse_qs(urlsplit(url).query)
    if query.get("Action") != ["ConfirmSubscription"] or query.get("TopicArn") != [topic]:
        raise _untrusted("its address confirms something else")


def _check_address(url: str, topic: str) -> None:
    """An address over TLS of SNS itself, in the topic's region, without port or user."""
    try:
        parts = urlsplit(url)
        named = _HOST.fullmatch(parts.netloc)
    except ValueError:
        raise _untrusted("it names an address that is none") from None
    region = _ARN.fullmatch(topic)
    if parts.scheme != "https" or named is None or region is None or named[1] != region[1]:
        raise _untrusted("it names an address that is not SNS's in the topic's region")


def _untrusted(why: str) -> Rejected:
    return Rejected(Reason.BAD_SIGNATURE, f"this message can't be trusted to be of SNS: {why}")
