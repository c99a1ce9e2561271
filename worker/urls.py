"""What an URL in the settings must look like, so that a slip is told at the start and by its name.

No message repeats the URL, which may hold a password.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

_BROKERS = ("redis", "rediss", "sentinel", "amqp", "amqps", "pyamqp")
_NETWORKED = {"redis", "rediss", "amqp", "amqps", "pyamqp"}


def check_database_url(url: str) -> str:
    """The URL, if SQLAlchemy reads it as one of PostgreSQL.

    Raises:
        ValueError: it does not.
    """
    from db.engine import normalised_url  # noqa: PLC0415 - commands that need no database name none

    normalised_url(url)
    return url


def check_broker_url(url: str) -> str:
    """The URL, if it is of a broker that artgate works with.

    Celery has a transport for SQS too, but its workers read it by pycurl alone, which artgate does not
    install: uploads would be enqueued and never judged, so it is refused.

    Raises:
        ValueError: it is not, or the port is no number.
    """
    scheme = _scheme(url)
    if scheme == "sqs":
        raise ValueError(
            "SQS can't be the broker: artgate's workers do not read it; take redis:// or amqp://"
            " (upload events that lie in SQS are taken by `artgate sqs`, with ARTGATE_SQS_QUEUES)"
        )
    if scheme not in _BROKERS:
        raise ValueError(f"expected an URL that begins with redis:// or amqp://, not {scheme!r}")
    if scheme in _NETWORKED:
        _check_port(url)
    return url


def check_http_url(url: str) -> str:
    """The URL, if it begins with http:// or https:// and names a host.

    Raises:
        ValueError: it does not, or the port is no number.
    """
    if _scheme(url) not in {"http", "https"} or not urlsplit(url).hostname:
        raise ValueError("expected an URL that begins with http:// or https:// and names a host")
    _check_port(url)
    return url


def host_of(url: str) -> str:
    """The host that an URL names; empty where it names none."""
    return urlsplit(url).hostname or ""


def without_secrets(url: str) -> str:
    """The URL without a password and without what follows the path, which may be a key."""
    parts = urlsplit(url)
    return urlunsplit(
        (parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "…" if parts.query else "", "")
    )


def _scheme(url: str) -> str:
    scheme, parted, _ = url.partition("://")
    return scheme.lower().partition("+")[0] if parted else ""


def _check_port(url: str) -> None:
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("the port is no number from 0 to 65535") from None
