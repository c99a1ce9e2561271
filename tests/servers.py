"""What tests need of the broker and of the object storage: empty places, and settings that name them."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import redis

from deploy.local.storage import Access
from worker.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket and a client that may do everything in it."""

    name: str
    client: Any
    access: Access

    def put(self, key: str, body: bytes) -> str:
        """Store an object and give its ETag without quotes."""
        stored = self.client.put_object(Bucket=self.name, Key=key, Body=body)
        return str(stored["ETag"]).strip('"')


def bucket_maker(access: Access) -> Callable[[], Bucket]:
    """A function that makes a fresh bucket at each call."""
    client: Any = boto3.client(
        "s3",
        endpoint_url=access.endpoint,
        region_name=access.region,
        aws_access_key_id=access.access_key,
        aws_secret_access_key=access.secret_key,
    )

    def make() -> Bucket:
        name = f"test-{secrets.token_hex(6)}"
        client.create_bucket(Bucket=name)
        return Bucket(name=name, client=client, access=access)

    return make


def broker_maker(url: str) -> Callable[[], str]:
    """A function that gives the URL of another, emptied database of the broker at each call."""
    server = url.rpartition("/")[0]
    numbers = itertools.count(1)

    def make() -> str:
        fresh = f"{server}/{next(numbers)}"
        with redis.Redis.from_url(fresh) as client:
            client.flushdb()
        return fresh

    return make


def settings_for(*, database: str, broker: str, bucket: Bucket, **others: Any) -> Settings:
    """Settings that name the given servers, whatever the environment says; `others` are further fields."""
    named = {
        "database_url": database,
        "broker_url": broker,
        "s3_endpoint": bucket.access.endpoint,
        "s3_region": bucket.access.region,
        "s3_access_key": bucket.access.access_key,
        "s3_secret_key": bucket.access.secret_key,
        "buckets": (bucket.name,),
    }
    return Settings(**(named | others))
