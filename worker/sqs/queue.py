"""One queue: receiving, deleting, and whether it keeps apart what can't be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from detector.reasons import Fault, Reason, Transient
from worker.settings import Settings

SqsClient: TypeAlias = Any  # boto3 makes its clients' methods at run time
MOST = 10
"""Messages that one request gives or deletes: SQS's own bound."""
_OURS = frozenset({"AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "SignatureDoesNotMatch"})
_MARGIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message of the queue, ours until its visibility timeout is over."""

    id: str
    receipt: str
    body: str
    count: int
    """How often it was received, this time included."""


def make_client(settings: Settings, url: str) -> SqsClient:
    """A client for the region of a queue's URL, with every wait bounded."""
    access, secret = settings.sqs_access_key, settings.sqs_secret_key
    return boto3.client(
        "sqs",
        endpoint_url=settings.sqs_endpoint,
        region_name=_region(url) or settings.s3_region,
        aws_access_key_id=None if access is None else access.get_secret_value(),
        aws_secret_access_key=None if secret is None else secret.get_secret_value(),
        config=Config(
            connect_timeout=settings.s3_connect_timeout,
            read_timeout=settings.sqs_wait + _MARGIN_SECONDS,
            retries={"total_max_attempts": 2, "mode": "standard"},
        ),
    )


class Queue:
    """A queue by its URL, which alone is asked.

    Args:
        client: of ``make_client``.
        url: of the queue.
    """

    def __init__(self, client: SqsClient, url: str) -> None:
        self._client = client
        self.url = url

    def receive(self, wait_seconds: int) -> list[Received]:
        """At most ten messages; waits for the first as long as is said.

        Raises:
            Transient: ``queue_unavailable``.
            Fault: ``settings_invalid``: the queue is not there, or does not let us in.
        """
        answer = self._ask(
            "receive_message",
            MaxNumberOfMessages=MOST,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return [
            Received(
                id=each["MessageId"],
                receipt=each["ReceiptHandle"],
                body=each["Body"],
                count=int(each.get("Attributes", {}).get("ApproximateReceiveCount", 1)),
            )
            for each in answer.get("Messages", ())
        ]

    def delete(self, messages: Sequence[Received]) -> int:
        """Delete messages. Returns how many were not: they will come again, and be known.

        Raises:
            Transient, Fault: as ``receive``.
        """
        entries = [{"Id": str(n), "ReceiptHandle": each.receipt} for n, each in enumerate(messages)]
        return len(self._ask("delete_message_batch", Entries=entries).get("Failed", ()))

    def sets_aside(self) -> bool:
        """Whether a redrive policy takes away what is received again and again.

        Raises:
            Transient, Fault: as ``receive``.
        """
        answer = self._ask("get_queue_attributes", AttributeNames=["RedrivePolicy"])
        return "RedrivePolicy" in answer.get("Attributes", {})

    def _ask(self, method: str, **members: object) -> Any:
        try:
            return getattr(self._client, method)(QueueUrl=self.url, **members)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _OURS or "NonExistentQueue" in code:
                raise Fault(
                    Reason.SETTINGS_INVALID,
                    f"a queue of ARTGATE_SQS_QUEUES does not let us in, or is not there ({code}): check "
                    "its URL, the keys and their permissions",
                ) from None
            raise Transient(Reason.QUEUE_UNAVAILABLE, f"the queue is in trouble ({code})") from error
        except BotoCoreError as error:
            raise Transient(
                Reason.QUEUE_UNAVAILABLE, f"the queue can't be reached ({type(error).__name__})"
            ) from error


def _region(url: str) -> str | None:
    """The region in a queue's URL of AWS: ``https://sqs.<region>.amazonaws.com/<account>/<name>``."""
    parts = (urlsplit(url).hostname or "").split(".")
    return parts[1] if len(parts) > 3 and parts[0] == "sqs" and "amazonaws" in parts else None
