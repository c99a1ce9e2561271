"""Messages that carry an event in them: SNS, SQS, Huawei SMN, and other queues.

Sources: Amazon SNS Developer Guide, "HTTP/HTTPS notification JSON format"; AWS Lambda Developer Guide, "Using
Lambda with Amazon SQS" and "... SNS"; Huawei SMN User Guide, "HTTP/HTTPS messages". Nothing here follows an
address in a message: a subscription is confirmed by a person.
"""

from __future__ import annotations

from worker.notifications.formats import Format, Inner, unrelated, unwrapped
from worker.notifications.members import Members
from worker.notifications.record import Record, System


def _is_sns(members: Members) -> bool:
    named = members.has("Type", "TopicArn") or members.has("MessageId", "Message")
    return named or (members.word("Type") == "Notification" and members.has("Message"))


def _read_sns(members: Members, inner: Inner) -> list[Record]:
    kind = members.maybe_text("Type") or "Notification"
    message_id = members.maybe_text("MessageId") or ""
    if kind != "Notification":  # a subscription is to be confirmed, or was ended
        return [unrelated(System.AWS_SNS, message_id, kind)]
    return unwrapped(
        System.AWS_SNS,
        members.values.get("Message"),
        inner,
        where=f"{members.where}Message.",
        message_id=message_id,
    )


def _is_sns_record(members: Members) -> bool:
    return members.maybe_within("Sns") is not None


def _read_sns_record(members: Members, inner: Inner) -> list[Record]:
    """SNS as a Lambda function gets it."""
    message = members.within("Sns")
    return _read_sns(message, inner)


def _is_sqs(members: Members) -> bool:
    return members.has("body") or members.has("Body")


def _read_sqs(members: Members, inner: Inner) -> list[Record]:
    """A message as a Lambda function gets it (``body``), or as the API gives it (``Body``).

    Cloudflare's queues, which carry R2's events, write ``body`` too.
    """
    name = "body" if members.has("body") else "Body"
    return unwrapped(
        System.R2 if members.has("timestamp_ms") else System.AWS_SQS,
        members.values.get(name),
        inner,
        where=f"{members.where}{name}.",
        message_id=members.maybe_text("messageId", "MessageId") or "",
    )


def _is_smn(members: Members) -> bool:
    return members.has("topic_urn", "message_id")


def _read_smn(members: Members, inner: Inner) -> list[Record]:
    return unwrapped(
        System.HUAWEI_SMN,
        members.values.get("message"),
        inner,
        where=f"{members.where}message.",
        message_id=members.maybe_text("message_id") or "",
    )


SNS = Format(_is_sns, _read_sns)
SNS_RECORD = Format(_is_sns_record, _read_sns_record)
SQS = Format(_is_sqs, _read_sqs)
SMN = Format(_is_smn, _read_smn)
