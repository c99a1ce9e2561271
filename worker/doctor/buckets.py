"""Checks of the storage: reachable, and each allowed bucket listable and readable."""

from __future__ import annotations

from collections.abc import Iterator

from detector.reasons import ArtgateError, Reason
from worker.doctor.finding import Area, Finding
from worker.listing import list_objects
from worker.settings import Settings
from worker.storage import S3Client, Storage, make_client

_AREA = Area("storage")


def check_storage(settings: Settings) -> Iterator[Finding]:
    """Read the first object of every bucket that events may name."""
    client = make_client(settings)
    yield _AREA.ok("endpoint", settings.s3_endpoint or f"AWS, {settings.s3_region}")
    for bucket in settings.buckets:
        yield _bucket(settings, client, bucket)


def _bucket(settings: Settings, client: S3Client, bucket: str) -> Finding:
    subject = f"bucket {bucket}"
    try:
        first = next(iter(list_objects(client, bucket, page=1)), [])
        if not first:
            return _AREA.ok(subject, "listed; empty, so reading was not tried")
        _read(settings, client, bucket, first[0].key)
    except ArtgateError as error:
        return _AREA.wrong(subject, error.message, _ADVICE.get(error.reason, _OTHER))
    return _AREA.ok(subject, "listed and read")


def _read(settings: Settings, client: S3Client, bucket: str, key: str) -> None:
    """Open one object; one that is too large, or went meanwhile, was readable all the same."""
    storage = Storage(client, seconds=settings.s3_fetch_seconds)
    try:
        storage.fetch(bucket, key, version_id=None, etag=None, max_bytes=settings.max_bytes)
    except ArtgateError as error:
        if error.reason not in {Reason.TOO_MANY_BYTES, Reason.OBJECT_MISSING}:
            raise


_OTHER = "start the storage, or correct ARTGATE_S3_ENDPOINT"
_ADVICE = {
    Reason.OBJECT_FORBIDDEN: "allow ListBucket and GetObject to the key in ARTGATE_S3_ACCESS_KEY",
    Reason.OBJECT_MISSING: "create the bucket, or correct ARTGATE_BUCKETS",
    Reason.SETTINGS_INVALID: "correct ARTGATE_S3_ACCESS_KEY and ARTGATE_S3_SECRET_KEY",
}
