"""Lists what lies in a bucket, page by page, without reading it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from worker.storage import S3Client, typed_error

_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedObject:
    """One object as the storage lists it."""

    bucket: str
    key: str
    etag: str | None
    """The version tag without its quotes; None where the storage gives none."""
    size: int
    """Bytes."""
    version_id: str | None = None
    """Known only of an object that was looked at by itself, in a bucket that keeps versions."""


def look_at(client: S3Client, bucket: str, key: str, version_id: str | None = None) -> ListedObject:
    """One object's present version, or the named one.

    Raises:
        Rejected: ``object_missing``, ``object_forbidden``.
        Transient: ``storage_unavailable``.
        Fault: ``settings_invalid``: the storage does not know our credentials.
    """
    try:
        pin = {} if version_id is None else {"VersionId": version_id}
        found = client.head_object(Bucket=bucket, Key=key, **pin)
    except (ClientError, BotoCoreError) as error:
        raise typed_error(error) from error
    version = found.get("VersionId")
    return ListedObject(
        bucket=bucket,
        key=key,
        etag=found.get("ETag", "").strip('"') or None,
        size=int(found["ContentLength"]),
        version_id=None if version in {None, "null"} else version,
    )


def list_objects(
    client: S3Client, bucket: str, prefix: str = "", *, page: int = _PAGE
) -> Iterator[list[ListedObject]]:
    """Every object below ``prefix`` in the order of keys, a page of at most ``page`` at a time.

    Keys that end with a slash and have no bytes stand for folders and are left out.

    Raises:
        Rejected: ``object_missing`` (no such bucket), ``object_forbidden``.
        Transient: ``storage_unavailable``.
        Fault: ``settings_invalid``: the storage does not know our credentials.
    """
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": page}
    )
    try:
        for found in pages:
            yield [
                ListedObject(
                    bucket=bucket,
                    key=item["Key"],
                    etag=item.get("ETag", "").strip('"') or None,
                    size=int(item["Size"]),
                )
                for item in found.get("Contents", ())
                if item["Size"] or not item["Key"].endswith("/")
            ]
    except (ClientError, BotoCoreError) as error:
        raise typed_error(error) from error
