"""What the samples do not show: further events of each system, as their documentation describes them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from db.models.events import EventKind
from detector.reasons import Rejected
from worker.notifications import Kind, Record, System, parse


def parsed(value: object) -> list[Record]:
    return parse(json.dumps(value).encode())


def only(value: object) -> Record:
    (record,) = parsed(value)
    return record


def s3(name: str = "ObjectCreated:Put", source: str = "aws:s3", **stored: object) -> dict[str, Any]:
    about = {"key": "a.png", **stored}
    return {"eventName": name, "eventSource": source, "s3": {"bucket": {"name": "b"}, "object": about}}


def records(*items: object) -> dict[str, Any]:
    return {"Records": list(items)}


def test_kinds_are_those_of_the_database() -> None:
    """A record's kind is stored as it is."""
    assert {kind.value for kind in Kind} == {kind.value for kind in EventKind}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ObjectCreated:Post", Kind.CREATED),
        ("s3:ObjectCreated:CompleteMultipartUpload", Kind.CREATED),
        ("s3:ObjectSynced:Create", Kind.CREATED),
        ("ObjectRemoved:DeleteMarkerCreated", Kind.REMOVED),
        ("LifecycleExpiration:DeleteMarkerCreated", Kind.REMOVED),
        ("s3:ObjectLifecycle:Expiration:Current", Kind.REMOVED),
        ("s3:ObjectLifecycle:Expiration:AbortMultipartUpload", Kind.OTHER),
        ("s3:ObjectAccessed:Get", Kind.OTHER),
        ("ObjectRestore:Post", Kind.OTHER),
        ("LifecycleTransition", Kind.OTHER),
        ("ObjectAcl:Put", Kind.OTHER),
        ("SomethingNew:Tomorrow", Kind.OTHER),
        ("s3:TestEvent", Kind.TEST),
    ],
)
def test_names_of_s3_events_say_what_happened(name: str, kind: Kind) -> None:
    """A name that nobody knows yet is noted, not refused."""
    assert only(records(s3(name))).kind is kind


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("a+b.png", "a b.png"),
        ("a%2Bb.png", "a+b.png"),
        ("a%20b%2Fc.png", "a b/c.png"),
        ("%E4%BD%9C%E5%93%81.png", "作品.png"),
        ("100%.png", "100%.png"),
        ("作品.png", "作品.png"),
    ],
)
@pytest.mark.parametrize("source", ["aws:s3", "minio:s3"])
def test_keys_are_decoded_once_where_the_system_encodes(sent: str, key: str, source: str) -> None:
    """A plus is a space, then percent signs; what is not encoded stays."""
    assert only(records(s3(key=sent, source=source))).key == key


@pytest.mark.parametrize(
    "body",
    [
        records(s3(source="ceph:s3", key="a+b%20c")),
        {"bucket": "b", "key": "a+b%20c"},
        {"action": "PutObject", "bucket": "b", "object": {"key": "a+b%20c"}},
        {"kind": "storage#object", "bucket": "b", "name": "a+b%20c"},
    ],
)
def test_keys_are_taken_as_sent_where_it_does_not(body: object) -> None:
    """Decoding them would name another object."""
    assert only(body).key == "a+b%20c"


def test_one_record_alone_and_a_list_of_records_are_read_too() -> None:
    """As queues and stores keep them."""
    assert only(s3()) == parsed([s3(), s3("ObjectRemoved:Delete")])[0]
    assert [record.kind for record in parsed([{"Event": [s3("ObjectRemoved:Delete")]}])] == [Kind.REMOVED]


def test_a_record_of_huaweis_own_form_is_read() -> None:
    """Its members hang below obs."""
    body = s3(source="OBS", key="a+b.png")
    body["obs"] = body.pop("s3")
    assert (only(records(body)).system, only(records(body)).key) == (System.HUAWEI_OBS, "a b.png")


@pytest.mark.parametrize(
    ("source", "earlier", "later"),
    [
        ("aws:s3", "FF", "0100"),
        ("aws:s3", "0055aed6dcd90281e5", "0055AED6DCD90281E6"),
        ("minio:s3", "14CF20BD1EFD5B93", "15C32494527B46C5"),
        ("ceph:s3", "FFE6D75D00000000", "00E7D75D00000000"),  # the low byte comes first
        ("ceph:s3", "F7E6D75DFFFFFF00", "F7E6D75D00000001"),
    ],
)
def test_ranks_are_in_the_order_of_sequencers(source: str, earlier: str, later: str) -> None:
    """Of whatever length and case, as each system means them."""
    ranks = [
        only(records(s3(source=source, sequencer=sequencer))).sequencer_rank for sequencer in (earlier, later)
    ]
    assert None not in ranks
    assert ranks[0] < ranks[1]  # type: ignore[operator]  # the line above says that both are texts


@pytest.mark.parametrize("sequencer", ["Happy Sequencer", "", "F" * 65, "0x1F", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_sequencer_that_is_no_number_gives_no_rank(sequencer: str) -> None:
    """Nothing is ended on its word."""
    assert only(records(s3(sequencer=sequencer))).sequencer_rank is None


def test_cephs_sequencer_is_the_time_of_its_event() -> None:
    """As its documentation shows it beside 2024-02-15T10:34:23."""
    rank = only(records(s3(source="ceph:s3", sequencer="AFE8CD6500000000"))).sequencer_rank
    assert rank is not None
    assert datetime.fromtimestamp(int(rank, 16) >> 32, UTC) == datetime(2024, 2, 15, 10, 34, 23, tzinfo=UTC)


def eventbridge(name: str, **detail: object) -> dict[str, Any]:
    about = {"bucket": {"name": "b"}, "object": {"key": "k", "sequencer": "0A"}}
    return {"detail-type": name, "source": "aws.s3", "detail": about | detail, "id": "1"}


def test_eventbridge_counts_with_s3s_sequencers() -> None:
    """Both tell of the same bucket, by one count."""
    other = only(eventbridge("Object Tags Added"))
    assert other.kind is Kind.OTHER
    assert (other.order, other.sequencer_rank) == (System.AWS_S3, "A".rjust(64, "0"))
    assert only(eventbridge("AWS API Call via CloudTrail", bucket=None)).bucket is None
    assert only(eventbridge("Object Created") | {"source": "mine"}).kind is Kind.OTHER


def pubsub(data: object, **attributes: str) -> dict[str, Any]:
    text = base64.b64encode(json.dumps(data).encode()).decode()
    return {"message": {"data": text, "attributes": attributes, "messageId": "7"}, "subscription": "s"}


def test_a_notification_without_a_payload_is_read_from_its_attributes() -> None:
    """Payload format NONE."""
    told = {"eventType": "OBJECT_FINALIZE", "bucketId": "b", "objectId": "k", "objectGeneration": "12"}
    record = only({"message": {"attributes": told, "messageId": "7"}, "subscription": "s"})
    assert (record.kind, record.bucket, record.key, record.version_id) == (Kind.CREATED, "b", "k", "12")


@pytest.mark.parametrize("event", ["OBJECT_ARCHIVE", "OBJECT_METADATA_UPDATE"])
def test_what_leaves_the_content_alone_is_noted(event: str) -> None:
    """An archived generation can still be read."""
    body = pubsub({"bucket": "b", "name": "k"}, eventType=event, bucketId="b", objectId="k")
    assert only(body).kind is Kind.OTHER


def test_generations_rank_before_metagenerations() -> None:
    """There is no sequencer."""
    ranks = [
        only({"kind": "storage#object", "bucket": "b", "name": "k", "generation": g, "metageneration": m})
        for g, m in (("9", "2"), ("10", "1"), (10, 2))
    ]
    found = [record.sequencer_rank or "" for record in ranks]
    assert found == sorted(found)
    assert len(set(found)) == 3


def test_other_messages_that_pubsub_carries_are_read() -> None:
    """A topic may carry any system's events."""
    assert only(pubsub(records(s3()))).key == "a.png"
    published = {"specversion": "1.0", "type": "google.cloud.pubsub.topic.v1.messagePublished"}
    assert only(published | {"data": pubsub({"bucket": "b", "key": "k"})}).system is System.GCS_PUBSUB


@pytest.mark.parametrize(
    ("suffix", "kind"), [("deleted", Kind.REMOVED), ("archived", Kind.OTHER), ("metadataUpdated", Kind.OTHER)]
)
def test_eventarc_says_what_happened_in_its_type(suffix: str, kind: Kind) -> None:
    """With the object in data, or in data_base64."""
    event = {"specversion": "1.0", "type": f"google.cloud.storage.object.v1.{suffix}", "id": "1"}
    resource = {"bucket": "b", "name": "k", "generation": "5"}
    text = base64.b64encode(json.dumps(resource).encode()).decode()
    assert only(event | {"data": resource}).kind is kind
    assert only(event | {"data_base64": text}) == only(event | {"data": resource})


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("PutObject", Kind.CREATED),
        ("CompleteMultipartUpload", Kind.CREATED),
        ("DeleteObject", Kind.REMOVED),
        ("LifecycleDeletion", Kind.REMOVED),
        ("AbortMultipartUpload", Kind.OTHER),
    ],
)
def test_r2_says_what_happened_in_its_action(action: str, kind: Kind) -> None:
    """Also as a queue's consumer gets it."""
    event = {"action": action, "bucket": "b", "object": {"key": "k"}, "eventTime": "2024-05-24T19:36:44Z"}
    assert only(event).kind is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("b2:ObjectCreated:MultipartReplica", Kind.CREATED),
        ("b2:ObjectDeleted:LifecycleRule", Kind.REMOVED),
        ("b2:HideMarkerCreated:Hide", Kind.REMOVED),
        ("b2:MultipartUploadCreated:LiveRead", Kind.OTHER),
        ("b2:TestEvent", Kind.TEST),
    ],
)
def test_b2_says_what_happened_in_its_type(name: str, kind: Kind) -> None:
    """Several events share a body."""
    event = {"eventType": name, "bucketName": "b", "objectName": "k", "eventTimestamp": 1721711606884}
    found = parsed({"events": [event, event]})
    assert [record.kind for record in found] == [kind, kind]
    assert found[0].occurred_at == datetime(2024, 7, 23, 5, 13, 26, 884000, tzinfo=UTC)


def sns(message: str) -> dict[str, Any]:
    return {"Type": "Notification", "TopicArn": "arn", "MessageId": "7", "Message": message}


def test_envelopes_of_lambda_the_api_and_huawei_are_opened() -> None:
    """What they carry is read in their name."""
    text = json.dumps(records(s3(), s3("ObjectRemoved:Delete")))
    carriers = {
        System.AWS_SNS: records({"EventSource": "aws:sns", "Sns": sns(text)}),
        System.AWS_SQS: {"Messages": [{"MessageId": "7", "ReceiptHandle": "r", "Body": text}]},
        System.HUAWEI_SMN: {"topic_urn": "urn", "message_id": "7", "type": "Notification", "message": text},
    }
    for system, body in carriers.items():
        found = parsed(body)
        assert [(record.system, record.kind) for record in found] == [
            (system, Kind.CREATED),
            (system, Kind.REMOVED),
        ]
        assert {record.order for record in found} == {System.AWS_S3}


def test_shortened_envelopes_are_opened_too() -> None:
    """As examples and relays leave them."""
    text = json.dumps(records(s3()))
    shortened = {
        System.AWS_SQS: records({"body": text}),
        System.AWS_SNS: records({"Sns": {"Message": text}}),
        System.R2: {"messages": [{"body": text, "timestamp_ms": 1, "lease_id": "l"}]},
    }
    for system, body in shortened.items():
        assert (only(body).system, only(body).key) == (system, "a.png")
    assert only({"MessageId": "7", "Message": text}).system is System.AWS_SNS
    without_source = eventbridge("Object Created")
    del without_source["source"]
    assert only(without_source).kind is Kind.CREATED


def test_what_minio_writes_beside_its_records_helps_out() -> None:
    """The name, where a record has none; all of it, where there are no records. The key is not encoded."""
    nameless = s3(source="minio:s3", key="a+b.png")
    del nameless["eventName"]
    beside = {"EventName": "s3:ObjectRemoved:Delete", "Key": "b/x/a+b.png"}
    found = only(beside | records(nameless))
    assert (found.kind, found.key) == (Kind.REMOVED, "a b.png")
    assert only(beside).kind is Kind.REMOVED
    assert (only(beside).bucket, only(beside).key) == ("b", "x/a+b.png")
    with pytest.raises(Rejected, match="eventName is missing"):
        parsed(records(nameless))


@pytest.mark.parametrize("message", ["good morning", '{"hello": "world"}', "[1, 2]", '{"Records": [{}]}'])
def test_an_envelope_with_something_else_in_it_is_noted(message: str) -> None:
    """Refusing it would bring it back again and again."""
    record = only(sns(message))
    assert (record.system, record.kind, record.mark) == (System.AWS_SNS, Kind.OTHER, "7")


def test_an_envelope_with_a_broken_event_in_it_is_refused() -> None:
    """An upload that can't be read must not pass unseen."""
    with pytest.raises(Rejected, match=r"Message\.Records\[0\]\.s3\.object\.key is missing"):
        parsed(sns(json.dumps(records(s3(key=None)))))


def test_s3s_test_event_is_told_through_envelopes() -> None:
    """It is the first thing that a new notification brings."""
    assert (
        only(sns(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}))).kind
        is Kind.TEST
    )


@pytest.mark.parametrize("type_", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_a_subscription_is_noted_and_never_confirmed_here(type_: str) -> None:
    """No address of a message is ever visited."""
    assert only(sns("visit me") | {"Type": type_}).event_name == type_


def test_azures_cloudevents_are_noted() -> None:
    """The same event in the other schema."""
    event = {"specversion": "1.0", "type": "Microsoft.Storage.BlobDeleted", "id": "1", "data": {}}
    record = only(event | {"subject": "/blobServices/default/containers/c/blobs/a/b.png"})
    assert (record.system, record.kind) == (System.AZURE, Kind.OTHER)
    assert (record.bucket, record.key) == ("c", "a/b.png")


PLAIN = {"bucket": "b", "key": "k"}


@pytest.mark.parametrize("batch", [[PLAIN, PLAIN], {"events": [PLAIN, PLAIN]}])
def test_plain_events_come_alone_or_in_batches(batch: object) -> None:
    """As a list, or as {"events": [...]}."""
    assert parsed(batch) == [only(PLAIN)] * 2


def test_a_plain_event_may_say_more() -> None:
    """In either spelling where systems differ."""
    said = {"versionId": "v", "eTag": "e", "size": 7, "sequencer": "0a", "uploader": "ann", "domain": "anime"}
    record = only(PLAIN | said | {"time": "2026-01-01T01:00:00+01:00", "id": "mine", "colour": "red"})
    assert (record.version_id, record.etag, record.size, record.mark) == ("v", "e", 7, "mine")
    assert (record.uploader, record.domain) == ("ann", "anime")
    assert record.occurred_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (None, Kind.CREATED),
        ("created", Kind.CREATED),
        ("removed", Kind.REMOVED),
        ("s3:ObjectRemoved:Delete", Kind.REMOVED),
        ("test", Kind.TEST),
        ("renamed", Kind.OTHER),
    ],
)
def test_a_plain_event_says_its_kind(said: str | None, kind: Kind) -> None:
    """It tells of an upload unless it says otherwise."""
    assert only(PLAIN | {"kind": said}).kind is kind


def test_a_mixed_list_names_the_item_that_is_wrong() -> None:
    """Counted from 0, as in the body."""
    with pytest.raises(Rejected, match=r"at \[1\] there is no event"):
        parsed([PLAIN, {"hello": "world"}])
