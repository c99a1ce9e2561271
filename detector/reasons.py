"""Reason codes and the error tree of artgate.

::

    ArtgateError
    ├── Rejected    the file or the request is at fault; trying again changes nothing
    ├── Transient   something outside failed in a way that can pass; try again later
    └── Fault       the installation or its configuration is at fault; an operator must act

A reason code is stable: it reaches the database, the API, the metrics and the operator, and keeps
its meaning for ever. Codes are added, never renamed.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why something has no verdict, or was not accepted."""

    # The file's bytes
    EMPTY = "empty"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    UNSUPPORTED_FORMAT = "unsupported_format"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    DECODE_TIMEOUT = "decode_timeout"
    DECODE_MEMORY = "decode_memory"
    DECODER_DIED = "decoder_died"
    EXTRACTION_FAILED = "extraction_failed"
    FILE_UNREADABLE = "file_unreadable"

    # The object in the bucket
    OBJECT_MISSING = "object_missing"
    OBJECT_FORBIDDEN = "object_forbidden"
    OBJECT_CHANGED = "object_changed"
    STORAGE_UNAVAILABLE = "storage_unavailable"

    # The event and its work
    BAD_EVENT = "bad_event"
    BAD_SIGNATURE = "bad_signature"
    BUCKET_NOT_ALLOWED = "bucket_not_allowed"
    BAD_REQUEST = "bad_request"
    REQUEST_TOO_LARGE = "request_too_large"
    NOT_FOUND = "not_found"
    REMOVED = "removed"
    SUPERSEDED = "superseded"
    TIME_LIMIT = "time_limit"
    SCAN_DIED = "scan_died"
    INTERNAL_ERROR = "internal_error"
    ATTEMPTS_EXHAUSTED = "attempts_exhausted"

    # Review
    LEASE_LOST = "lease_lost"
    ALREADY_CLAIMED = "already_claimed"
    ALREADY_DECIDED = "already_decided"
    WITHDRAWN = "withdrawn"
    QUEUE_EMPTY = "queue_empty"
    NOT_NEAR = "not_near"
    UNDO_OVER = "undo_over"
    OPINION_NEEDED = "opinion_needed"
    RESERVED = "reserved"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    NOT_QUALIFIED = "not_qualified"
    POLICY_INVALID = "policy_invalid"
    AUDIT_BROKEN = "audit_broken"
    STEP_REFUSED = "step_refused"
    LINK_REFUSED = "link_refused"
    PICTURES_BUSY = "pictures_busy"
    UPLOADER_LIMIT = "uploader_limit"

    # The platform's requests
    RATE_LIMITED = "rate_limited"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    REQUEST_IN_PROGRESS = "request_in_progress"
    ALREADY_APPEALED = "already_appealed"
    APPEAL_LIMIT = "appeal_limit"
    EVIDENCE_MISMATCH = "evidence_mismatch"
    STILL_WORKING = "still_working"
    CURSOR_TOO_OLD = "cursor_too_old"
    API_UNAVAILABLE = "api_unavailable"
    QUEUE_UNAVAILABLE = "queue_unavailable"

    # Access
    ACCOUNT_INVALID = "account_invalid"
    FORBIDDEN = "forbidden"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_IN_THROTTLED = "sign_in_throttled"
    SESSION_ENDED = "session_ended"
    CSRF_REFUSED = "csrf_refused"
    SECOND_FACTOR_NEEDED = "second_factor_needed"
    PROVIDER_UNAVAILABLE = "provider_unavailable"

    # Bundles, weights and settings
    BUNDLE_INVALID = "bundle_invalid"
    BUNDLE_HASH_MISMATCH = "bundle_hash_mismatch"
    BUNDLE_SCHEMA_UNKNOWN = "bundle_schema_unknown"
    BUNDLE_VERSION_UNKNOWN = "bundle_version_unknown"
    BUNDLE_INCOMPATIBLE = "bundle_incompatible"
    WEIGHTS_MISSING = "weights_missing"
    WEIGHTS_HASH_MISMATCH = "weights_hash_mismatch"
    RUNTIME_UNAVAILABLE = "runtime_unavailable"
    VETO_UNAVAILABLE = "veto_unavailable"
    SETTINGS_INVALID = "settings_invalid"
    DATABASE_UNAVAILABLE = "database_unavailable"
    BROKER_UNAVAILABLE = "broker_unavailable"
    CORPUS_INVALID = "corpus_invalid"
    CORPUS_SHORTCUT = "corpus_shortcut"
    CACHE_UNUSABLE = "cache_unusable"

    # Data sets to train and to evaluate on
    DATASET_INVALID = "dataset_invalid"
    DATASET_UNAVAILABLE = "dataset_unavailable"
    DATASET_LEAKS = "dataset_leaks"
    LABEL_UNKNOWN = "label_unknown"
    LABEL_CONTRADICTED = "label_contradicted"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"


class ArtgateError(Exception):
    """Base of every error that artgate raises on purpose.

    ``reason`` is the stable code. ``message`` is one sentence that may be shown to anyone: it says
    what is wrong and what to do, and holds no secret, path of the server, or picture content.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message

    def __reduce__(self) -> tuple[type[ArtgateError], tuple[Reason, str]]:
        return type(self), (self.reason, self.message)


class Rejected(ArtgateError):
    """Their file or request is at fault. Final: trying again gives the same answer."""


class Transient(ArtgateError):
    """Something outside failed in a way that can pass. Worth another attempt, later."""


class Fault(ArtgateError):
    """The installation is at fault: settings, weights, bundle or code. An operator must act."""
