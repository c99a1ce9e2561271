"""Bodies that nobody should have sent: a refusal with its reason, and never anything else."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.reasons import Reason, Rejected
from worker.notifications import Record, parse

BODIES = sorted((Path(__file__).parents[2] / "data" / "events" / "bodies").iterdir())
DOCUMENTS = [json.loads(path.read_bytes()) for path in BODIES]

SURROGATE = "\ud800"
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 2**63, 10**400, 1.5, "", "null", "\0", SURROGATE, "%00", "%FF", "x" * 5000, [], {}, [[]]]
)
JSON = st.recursive(
    ODD | st.text() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def outcome(body: bytes) -> list[Record] | str:
    """The records, each of which PostgreSQL could store, or the sentence of the refusal."""
    try:
        records = parse(body)
    except Rejected as refusal:
        return said(refusal)
    for record in records:
        storable(record)
    return records


def said(refusal: Rejected) -> str:
    assert refusal.reason is Reason.BAD_EVENT
    refusal.message.encode()
    return refusal.message


def storable(record: Record) -> None:
    texts = (record.bucket, record.key, record.version_id, record.etag, record.sequencer, record.mark)
    for text in (*texts, record.uploader, record.domain, record.event_name):
        assert "\0" not in (text or "")
        (text or "").encode()
    assert len((record.key or "").encode()) <= 1024
    assert len((record.bucket or "").encode()) <= 255
    assert record.size is None or 0 <= record.size < 2**63
    assert record.sequencer_rank is None or len(record.sequencer_rank) == 64
    assert record.occurred_at is None or record.occurred_at.tzinfo is not None


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Not only JSON arrives."""
    outcome(body)


@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """With infinities, NaN and half surrogate pairs in it."""
    outcome(json.dumps(value).encode())


@settings(max_examples=600)
@given(st.data())
def test_real_bodies_with_one_wrong_member_are_read_or_refused(data: st.DataObject) -> None:
    """Wherever a member is replaced, in the envelope or in what it carries."""
    document = copy.deepcopy(data.draw(st.sampled_from(DOCUMENTS)))
    _spoil(document, data)
    outcome(json.dumps(document).encode())


def _spoil(value: Any, data: st.DataObject) -> None:
    """Replace one member somewhere below `value`, also inside texts that are JSON themselves."""
    while True:
        places = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not places:
            return
        place = data.draw(st.sampled_from(places))
        if data.draw(st.booleans()) or not isinstance(value[place], (dict, list)) or not value[place]:
            value[place] = _spoiled(value[place], data)
            return
        value = value[place]


def _spoiled(value: Any, data: st.DataObject) -> Any:
    if isinstance(value, str) and value.startswith("{") and data.draw(st.booleans()):
        nested = json.loads(value)
        _spoil(nested, data)
        return json.dumps(nested)
    return data.draw(JSON)


def nested(depth: int, opening: bytes, closing: bytes, middle: bytes = b"1") -> bytes:
    return opening * depth + middle + closing * depth


def in_envelopes(depth: int) -> bytes:
    body = '{"bucket": "b", "key": "k"}'
    for _ in range(depth):
        body = json.dumps({"Type": "Notification", "TopicArn": "arn", "Message": body})
    return body.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"<html>",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"NaN",
        b'{"bucket": "b", "key": "k", "size": NaN}',
        b'{"bucket": "b", "key": "k", "size": 1e999}',
        b'{"bucket": "b", "key": "k", "size": ' + b"9" * 5000 + b"}",
        b'{"bucket": "b", "key": "k", "size": true}',
        b'{"bucket": "b", "key": "k\\u0000"}',
        b'{"bucket": "b", "key": "\\ud800"}',
        b'{"bucket": "b"}',
        b'{"key": "k"}',
        b'{"bucket": {"name": "b"}, "key": "k"}',
        b'{"bucket": "b", "key": ' + b'"' + b"k" * 1025 + b'"}',
        b'{"Records": []}',
        b'{"Records": [1]}',
        b'{"Records": [{}]}',
        b'{"Records": {"s3": {}}}',
        b'{"Records": [{"s3": {}, "eventName": "ObjectCreated:Put"}]}',
        b'{"hello": "world"}',
        nested(100_000, b"[", b"]"),
        nested(100_000, b'{"a":', b"}"),
        nested(500, b'{"Records":[', b"]}", b'{"bucket": "b", "key": "k"}'),
        nested(500, b"[", b"]", b'{"bucket": "b", "key": "k"}'),
        in_envelopes(12),
    ],
    ids=lambda body: body[:24].decode(errors="replace"),
)
def test_what_is_no_event_is_refused_with_what_was_expected(body: bytes) -> None:
    """Each refusal tells the sender what to send."""
    refusal = outcome(body)
    assert isinstance(refusal, str)
    assert "expected" in refusal


def s3_record(**stored: object) -> bytes:
    record = {"eventName": "ObjectCreated:Put", "eventSource": "aws:s3"}
    return json.dumps({"Records": [record | {"s3": {"bucket": {"name": "b"}, "object": stored}}]}).encode()


@pytest.mark.parametrize("key", [None, 7, {}, "%FF", "a%00b", "a\0b", SURROGATE, "%C3" * 400, "x" * 1025])
def test_a_key_that_no_object_has_is_refused_and_named(key: object) -> None:
    """The sentence says which member of which record is wrong."""
    refusal = outcome(s3_record(key=key))
    assert isinstance(refusal, str)
    assert "Records[0].s3.object.key" in refusal


def test_three_envelopes_are_no_hindrance() -> None:
    """SNS in SQS is usual."""
    records = outcome(in_envelopes(3))
    assert isinstance(records, list)
    assert records[0].key == "k"
