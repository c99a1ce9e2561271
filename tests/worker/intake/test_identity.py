"""What makes two deliveries the same event, and two events different ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from worker.intake.identity import identity_of, is_bare, next_identity
from worker.notifications import Kind, Record, System, parse

BODIES = Path(__file__).parents[2] / "data" / "events" / "bodies"
BASE = Record(
    system=System.AWS_S3,
    order=System.AWS_S3,
    kind=Kind.CREATED,
    bucket="b",
    key="k",
    version_id="v",
    etag="e",
    sequencer="0A",
    mark="0A",
)


def test_an_identity_has_32_bytes_and_is_repeatable() -> None:
    """It is stored, and compared with what was stored by an earlier version."""
    assert identity_of(BASE) == identity_of(replace(BASE))
    assert identity_of(BASE).hex().startswith("1fadd101"), "a changed identity makes every event a new one"
    assert len(identity_of(BASE)) == 32


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, kind=Kind.REMOVED),
        replace(BASE, bucket="bk", key=""),
        replace(BASE, key="k2"),
        replace(BASE, version_id="v2"),
        replace(BASE, version_id=None),
        replace(BASE, mark="0B"),
        replace(BASE, version_id="null", etag="e"),
        replace(BASE, version_id="null", etag="e2"),
    ],
)
def test_another_object_version_kind_or_mark_is_another_event(other: Record) -> None:
    """Each of them matters."""
    assert identity_of(other) != identity_of(BASE)


def test_the_way_an_event_came_does_not_matter() -> None:
    """The same S3 record directly, through SNS, and through SQS."""
    record = (BODIES / "08_aws-s3_put-v21-no-version.json").read_text()
    sns = {"Type": "Notification", "TopicArn": "arn", "MessageId": "1", "Message": record}
    sqs = {"Records": [{"messageId": "2", "body": json.dumps(sns)}]}
    found = {identity_of(parse(body.encode())[0]) for body in (record, json.dumps(sns), json.dumps(sqs))}
    assert len(found) == 1


def test_all_sample_events_differ() -> None:
    """But for the two samples that are one event with another name, and one body's two forms."""
    records = [record for path in sorted(BODIES.iterdir()) for record in parse(path.read_bytes())]
    assert len({identity_of(record) for record in records}) == len(records)


def test_an_event_that_tells_nothing_apart_is_bare() -> None:
    """A version, a tag, a mark or a time each tell it from the next one; the version null does not."""
    bare = replace(BASE, version_id="null", etag=None, sequencer=None, mark="")
    assert is_bare(bare)
    assert is_bare(replace(bare, version_id=""))
    for told in (
        replace(bare, version_id="v"),
        replace(bare, etag="e"),
        replace(bare, mark="m"),
        replace(bare, occurred_at=datetime(2026, 1, 1, tzinfo=UTC)),
        replace(bare, kind=Kind.TEST),
    ):
        assert not is_bare(told)


def test_identities_follow_each_other_without_end() -> None:
    """Each next one is new."""
    chain = [identity_of(BASE)]
    for _ in range(5):
        chain.append(next_identity(chain[-1]))
    assert len(set(chain)) == 6
