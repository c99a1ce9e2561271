"""Messages of SNS: signed by a certificate of our own, which lies where SNS's would."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from db.models import Event
from detector.reasons import Reason, Rejected, Transient
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.hook.app import make_app
from worker.push.sns_message import read_message
from worker.settings import Settings

TOPIC = "arn:aws:sns:eu-west-1:123456789012:uploads"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-abc.pem"
CONFIRM = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"
NOW = datetime.now(UTC)  # noqa: TID251 - a certificate's own dates
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
DIGESTS = {"1": hashes.SHA1, "2": hashes.SHA256}


def certificate(key: rsa.RSAPrivateKey, *, begins: timedelta, ends: timedelta) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + ends)
    )
    return built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


GOOD = certificate(KEY, begins=-timedelta(days=1), ends=timedelta(days=1))


class Web:
    """What lies at SNS's addresses, and which of them were visited."""

    def __init__(self) -> None:
        self.pages = {CERTIFICATE: GOOD, CONFIRM: b"<ConfirmSubscriptionResponse/>"}
        self.visited: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.visited.append(url)
        if url not in self.pages:
            raise Transient(Reason.PROVIDER_UNAVAILABLE, "not there")
        return self.pages[url]


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def client(settings: Settings, sessions: Sessions, web: Web) -> Iterator[Any]:
    own = Settings(**(settings.model_dump() | {"sns_topics": (TOPIC,), "buckets": ("uploads",)}))
    dispatcher = Dispatcher(own)
    with TestClient(make_app(own, sessions, dispatcher, fetch=web), raise_server_exceptions=False) as made:
        yield made
    dispatcher.close()


def s3_event(key: str) -> dict[str, Any]:
    stored = {"bucket": {"name": "uploads"}, "object": {"key": key, "sequencer": "0A"}}
    return {
        "Records": [
            {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventVersion": "2.1", "s3": stored}
        ]
    }


def signed(message: dict[str, Any], *, version: str = "1", key: rsa.RSAPrivateKey = KEY) -> dict[str, Any]:
    """The message as SNS would send it."""
    subscription = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    notification = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
    names = notification if message["Type"] == "Notification" else subscription
    text = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    signature = key.sign(text.encode(), padding.PKCS1v15(), DIGESTS[version]())
    proof = {"Signature": base64.b64encode(signature).decode(), "SignatureVersion": version}
    return message | proof | {"SigningCertURL": CERTIFICATE}


def notification(key: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": str(new_id()),
        "TopicArn": TOPIC,
        "Message": json.dumps(s3_event(key)),
        "Timestamp": "2026-03-01T12:00:00.000Z",
    } | more


def confirmation(**more: Any) -> dict[str, Any]:
    return {
        "Type": "SubscriptionConfirmation",
        "MessageId": str(new_id()),
        "TopicArn": TOPIC,
        "Message": "You have chosen to subscribe",
        "SubscribeURL": CONFIRM,
        "Token": "t",
        "Timestamp": "2026-03-01T12:00:00.000Z",
    } | more


def post(client: Any, message: Any) -> Any:
    return client.post("/v1/sns", content=json.dumps(message), headers={"Content-Type": "text/plain"})


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["reason"]


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("more", [{}, {"Subject": "Amazon S3 Notification"}])
def test_a_signed_notification_is_taken_in(
    client: Any, sessions: Sessions, version: str, more: dict[str, str]
) -> None:
    key = f"{new_id()}.png"
    answer = post(client, signed(notification(key, **more), version=version))
    assert answer.status_code == 202, answer.text
    with sessions() as session:
        (event,) = session.scalars(select(Event).where(Event.key == key))
    assert answer.json() == {"ids": [str(event.id)]}


def test_a_message_that_comes_twice_is_one_event_and_its_certificate_is_fetched_once(
    client: Any, web: Web
) -> None:
    message = signed(notification(f"{new_id()}.png"))
    assert post(client, message).json() == post(client, message).json()
    assert web.visited == [CERTIFICATE]


def test_a_subscription_to_an_allowed_topic_is_confirmed(client: Any, web: Web) -> None:
    assert post(client, signed(confirmation())).json() == {"ids": []}
    assert web.visited == [CERTIFICATE, CONFIRM]


def test_a_subscription_that_has_ended_is_not_begun_again(client: Any, web: Web) -> None:
    message = signed(confirmation(Type="UnsubscribeConfirmation"))
    assert post(client, message).json() == {"ids": []}
    assert web.visited == [CERTIFICATE]


def test_another_topic_is_turned_away_before_anything_is_visited(client: Any, web: Web) -> None:
    other = "arn:aws:sns:eu-west-1:999999999999:uploads"
    for message in (confirmation(TopicArn=other), notification("k", TopicArn=other)):
        assert refused(post(client, signed(message))) == (403, "forbidden")
    assert web.visited == []


@pytest.mark.parametrize(
    "change",
    [
        {"SigningCertURL": "https://evil.example/SimpleNotificationService-abc.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com:8443/a.pem"},
        {"SigningCertURL": "https://sns.us-east-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "http://sns.eu-west-1.amazonaws.com/a.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com/a.txt"},
        {"SigningCertURL": "https://[/a.pem"},
        {"SubscribeURL": "https://evil.example/?Action=ConfirmSubscription"},
        {"SubscribeURL": f"{HOST}/?Action=DeleteTopic&TopicArn={TOPIC}"},
        {"SubscribeURL": f"{HOST}/?Action=ConfirmSubscription&TopicArn=another"},
        {"SubscribeURL": None},
        {"Signature": "no base64!"},
        {"Signature": "\u00e4\u00e4\u00e4\u00e4"},
    ],
)
def test_an_address_that_is_not_snss_is_never_visited(
    client: Any, web: Web, change: dict[str, str | None]
) -> None:
    message = signed(confirmation()) | change
    assert refused(post(client, message)) == (401, "bad_signature")
    assert web.visited == []


@pytest.mark.parametrize(
    "change",
    [
        {"Message": "{}"},
        {"MessageId": "another"},
        {"Subject": "added"},
        {"Timestamp": "2026-03-01T12:00:01.000Z"},
        {"SignatureVersion": "2"},
        {"SignatureVersion": "3"},
        {"Signature": ""},
    ],
)
def test_a_message_that_was_changed_is_refused(client: Any, change: dict[str, str]) -> None:
    assert refused(post(client, signed(notification("k")) | change)) == (401, "bad_signature")


def test_a_signature_of_another_key_is_refused(client: Any) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert refused(post(client, signed(notification("k"), key=other))) == (401, "bad_signature")


@pytest.mark.parametrize(
    "page",
    [
        b"no certificate",
        certificate(KEY, begins=-timedelta(days=2), ends=-timedelta(days=1)),
        certificate(KEY, begins=timedelta(days=1), ends=timedelta(days=2)),
    ],
)
def test_a_certificate_that_does_not_hold_is_refused(client: Any, web: Web, page: bytes) -> None:
    web.pages[CERTIFICATE] = page
    assert refused(post(client, signed(notification("k")))) == (401, "bad_signature")


def test_a_certificate_that_cant_be_fetched_has_the_message_sent_again(client: Any, web: Web) -> None:
    """SNS tries again where it is answered with an error of ours."""
    del web.pages[CERTIFICATE]
    assert refused(post(client, signed(notification("k")))) == (503, "provider_unavailable")


@pytest.mark.parametrize(
    "body",
    ["", "[]", "1", '{"Type": "Other"}', '{"Type": 1, "TopicArn": []}', '{"Type": "\\ud800"}', "[" * 100_000],
    ids=lambda body: body[:24],
)
def test_what_is_no_message_of_sns_is_refused(client: Any, body: str) -> None:
    answer = client.post("/v1/sns", content=body)
    assert refused(answer) == (422, "bad_event")


@given(
    st.binary(max_size=200)
    | st.dictionaries(st.text(max_size=10), st.text()).map(lambda d: json.dumps(d).encode())
)
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    with pytest.raises(Rejected):
        read_message(body, {TOPIC})
