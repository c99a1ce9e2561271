"""Addresses of objects as people write them: ``s3://bucket/key``."""

from __future__ import annotations

from detector.reasons import Reason, Rejected

_SCHEME = "s3://"


def prefix_address(address: str) -> tuple[str, str]:
    """Bucket and prefix of ``s3://bucket`` or ``s3://bucket/prefix``; the prefix may be empty.

    The key is taken as it stands: a percent sign or a plus in it means itself.

    Raises:
        Rejected: ``bad_event``: not such an address.
    """
    bucket, _, prefix = address.removeprefix(_SCHEME).partition("/")
    if not address.startswith(_SCHEME) or not bucket:
        raise Rejected(Reason.BAD_EVENT, f"{address!r} is no address; expected s3://bucket/key")
    return bucket, prefix


def object_address(address: str) -> tuple[str, str]:
    """Bucket and key of ``s3://bucket/key``.

    Raises:
        Rejected: ``bad_event``: not such an address, or one without a key.
    """
    bucket, key = prefix_address(address)
    if not key:
        raise Rejected(Reason.BAD_EVENT, f"{address!r} names no object; expected s3://bucket/key")
    return bucket, key
