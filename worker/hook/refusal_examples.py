"""What refusals say, for the API's description: one sentence of each reason that a platform can meet."""

from __future__ import annotations

from collections.abc import Mapping

from detector.reasons import Reason

EXAMPLES: Mapping[Reason, str] = {
    Reason.BAD_SIGNATURE: "this needs a valid bearer token (`artgate tokens add`)",
    Reason.FORBIDDEN: "the role auditor has no permission appeal; see docs/access.md",
    Reason.RATE_LIMITED: "this token may send 50 requests a second; wait 1 s and send it again",
    Reason.BAD_REQUEST: "the request does not fit: query.limit: Input should be greater than or equal to 1",
    Reason.BAD_EVENT: "the body is no JSON; expected an upload event",
    Reason.BUCKET_NOT_ALLOWED: "the bucket 'elsewhere' is not one of ARTGATE_BUCKETS",
    Reason.REQUEST_TOO_LARGE: "the body is larger than 4194304 bytes; send smaller batches",
    Reason.NOT_FOUND: "of this image there is no verdict; GET /v1/events/{event_id} says where it stands",
    Reason.WITHDRAWN: "the picture is gone, so there is nothing to look at again",
    Reason.ALREADY_APPEALED: "this person's appeal about this picture is still open",
    Reason.APPEAL_LIMIT: "this person has filed 5 appeals within 24 hours: come back tomorrow",
    Reason.OBJECT_MISSING: "the storage has no object of this name or version",
    Reason.OBJECT_FORBIDDEN: "the storage forbids artgate to read this object",
    Reason.EVIDENCE_MISMATCH: "the object 'layers.psd' has 9 bytes and not 7; upload it again",
    Reason.STORAGE_UNAVAILABLE: "the storage can't be reached or broke off",
    Reason.IDEMPOTENCY_MISMATCH: (
        "this idempotency key came before with another request; take a new key for a new request"
    ),
    Reason.REQUEST_IN_PROGRESS: (
        "a request with this idempotency key is being worked on; send it again in a moment"
    ),
    Reason.CURSOR_TOO_OLD: "changes behind this cursor were deleted when their time was over",
    Reason.STILL_WORKING: "an upload of this is still being worked on; send it again in a minute",
    Reason.DATABASE_UNAVAILABLE: "the database does not answer; nothing was taken, send it again",
    Reason.INTERNAL_ERROR: "an error that nobody foresaw; the hook's log has it",
}
