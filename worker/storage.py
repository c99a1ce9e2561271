"""Objects of the S3-compatible storage: the one module that speaks to it.

Only the configured endpoint is ever asked. What a message names is a bucket, a key and a version, never
an address.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from pydantic import SecretStr
from urllib3.exceptions import HTTPError

from detector.reasons import ArtgateError, Fault, Reason, Rejected, Transient
from worker.settings import Settings

S3Client: TypeAlias = Any  # boto3 makes its clients' methods at run time
_CHUNK = 1 << 20
_OURS = frozenset(
    {
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidToken",
        "AuthorizationHeaderMalformed",
        "RequestTimeTooSkewed",
    }
)
_MISSING = Rejected(Reason.OBJECT_MISSING, "the storage has no object of this name or version")
_BY_STATUS = {
    400: _MISSING,  # a version id or a key that this storage can't have
    403: Rejected(Reason.OBJECT_FORBIDDEN, "the storage forbids artgate to read this object"),
    404: _MISSING,
    405: _MISSING,  # the version is a delete marker
    412: Rejected(Reason.OBJECT_CHANGED, "the object was replaced after its event was sent"),
    414: _MISSING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedObject:
    """One version of one object."""

    data: bytes
    etag: str | None
    """The version tag without its quotes; never a hash of the bytes."""
    version_id: str | None
    """None where the bucket keeps no versions."""

    @property
    def size(self) -> int:
        """Bytes of the object."""
        return len(self.data)


def make_client(settings: Settings) -> S3Client:
    """A client of the configured storage, with every wait bounded. Make it after a fork."""
    return boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        region_name=settings.s3_region,
        aws_access_key_id=_plain(settings.s3_access_key),
        aws_secret_access_key=_plain(settings.s3_secret_key),
        config=Config(
            connect_timeout=settings.s3_connect_timeout,
            read_timeout=settings.s3_read_timeout,
            retries={"total_max_attempts": settings.s3_attempts, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if settings.s3_endpoint else "auto"},
        ),
    )


class Storage:
    """Reads objects, pinned to a version and limited in size and time."""

    def __init__(
        self, client: S3Client, *, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._seconds = seconds
        self._clock = clock

    def fetch(
        self, bucket: str, key: str, *, version_id: str | None, etag: str | None, max_bytes: int
    ) -> FetchedObject:
        """Read one object as it was when its event was sent.

        Args:
            bucket: an allowed bucket; the caller has checked it.
            key: the key as it is, not encoded.
            version_id: reads just this version.
            etag: without a version, refuses an object that has become another one since.
            max_bytes: reading stops beyond it, whatever the storage said of the size.

        Raises:
            Rejected: ``object_missing``, ``object_forbidden``, ``object_changed``, ``too_many_bytes``.
            Transient: ``storage_unavailable``: down, overloaded, silent or too slow.
            Fault: ``settings_invalid``: the storage does not know our credentials.
        """
        until = self._clock() + self._seconds
        try:
            answer = self._client.get_object(Bucket=bucket, Key=key, **_pin(version_id, etag))
            return FetchedObject(
                data=self._read(answer["Body"], answer.get("ContentLength"), max_bytes, until),
                etag=(answer.get("ETag") or "").strip('"') or None,
                version_id=_version_of(answer),
            )
        except (ClientError, BotoCoreError, HTTPError, OSError) as error:
            raise typed_error(error) from error

    def _read(self, body: Any, announced: int | None, max_bytes: int, until: float) -> bytes:
        try:
            if announced is not None and announced > max_bytes:
                raise _too_large(max_bytes)
            chunks, length = [], 0
            while chunk := body.read(_CHUNK):
                chunks.append(chunk)
                length += len(chunk)
                if length > max_bytes:
                    raise _too_large(max_bytes)
                if self._clock() > until:
                    raise Transient(Reason.STORAGE_UNAVAILABLE, "the storage sent the object too slowly")
            if announced is not None and length != announced:
                raise Transient(Reason.STORAGE_UNAVAILABLE, "the storage cut the object short")
            return b"".join(chunks)
        finally:
            body.close()  # an unread rest is dropped with its connection


def _pin(version_id: str | None, etag: str | None) -> dict[str, Any]:
    """What holds a read to one version. ``null`` is one that is overwritten, so its ETag is asked too."""
    if version_id is not None and version_id != "null":
        return {"VersionId": version_id}
    pin = {} if version_id is None else {"VersionId": version_id}
    return pin if etag is None else pin | {"IfMatch": f'"{etag}"'}


def _version_of(answer: Any) -> str | None:
    version_id: str | None = answer.get("VersionId")
    return None if version_id in {None, "", "null"} else version_id


def _too_large(max_bytes: int) -> Rejected:
    return Rejected(Reason.TOO_MANY_BYTES, f"the file is larger than {max_bytes} bytes")


def typed_error(error: Exception) -> ArtgateError:
    """What an error of the storage, or of the way to it, means to the caller."""
    if isinstance(error, ParamValidationError):
        return _again(_MISSING)
    if not isinstance(error, ClientError):
        return Transient(Reason.STORAGE_UNAVAILABLE, "the storage can't be reached or broke off")
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _OURS:
        return Fault(
            Reason.SETTINGS_INVALID,
            f"the storage refuses artgate's credentials ({code}): check the access and secret key",
        )
    if code == "NoSuchBucket":
        return Rejected(Reason.OBJECT_MISSING, "the storage has no bucket of this name")
    known = _BY_STATUS.get(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return _again(known) if known else Transient(Reason.STORAGE_UNAVAILABLE, "the storage is in trouble")


def _again(refusal: Rejected) -> Rejected:
    """A fresh exception: a raised one keeps its traceback and what it was raised from."""
    return Rejected(refusal.reason, refusal.message)


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
