"""The servers of the local stack, each driven through its launcher."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import redis
from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from tests.servers import Bucket


def test_a_fresh_database_answers(new_database: Callable[[], str]) -> None:
    engine = create_engine(new_database())
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_fresh_broker_is_empty(new_broker: Callable[[], str]) -> None:
    first, second = new_broker(), new_broker()
    with redis.Redis.from_url(first) as client:
        client.set("a", "b")
    with redis.Redis.from_url(second) as client:
        assert client.dbsize() == 0


def test_a_bucket_keeps_what_is_put_into_it(bucket: Bucket) -> None:
    etag = bucket.put("a folder/ü.jpg", b"bytes")
    stored = bucket.client.get_object(Bucket=bucket.name, Key="a folder/ü.jpg")
    with stored["Body"] as body:
        assert (body.read(), stored["ETag"]) == (b"bytes", f'"{etag}"')
