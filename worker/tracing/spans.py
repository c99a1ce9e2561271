"""What the program says of its spans. Where tracing is off it says it to nobody, and no library is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol
from uuid import UUID

from detector.reasons import Fault, Reason
from worker.settings import Settings

_LIBRARY = "opentelemetry-exporter-otlp-proto-http"
ROOT = ""
"""In place of a parent: a trace begins here."""
_current: ContextVar[str] = ContextVar("trace", default=ROOT)


class Span(Protocol):
    """A span under way."""

    @property
    def trace(self) -> str | None:
        """Its ``traceparent``, by which others go on; None where tracing is off."""

    def image(self, image_id: UUID) -> None:
        """Say which image it is about."""


class Records(Protocol):
    """Keeps spans and sends them off."""

    def span(self, name: str, parent: str, event_id: UUID | None) -> AbstractContextManager[Span]:
        """A span around a block."""

    def past(self, name: str, parent: str, begun: int, ended: int) -> None:
        """A span that is over, by nanoseconds since the epoch."""

    def now(self) -> int:
        """Nanoseconds since the epoch."""

    def close(self) -> None:
        """Send off what is left."""


class _Nothing:
    trace = None

    def image(self, image_id: UUID) -> None:
        """Tell nobody."""


_NOTHING = nullcontext[Span](_Nothing())
_recorder: Records | None = None


def demand(settings: Settings) -> None:
    """See that what tracing needs is there, if it is asked for.

    Raises:
        Fault: ``settings_invalid``: OpenTelemetry is not installed.
    """
    if settings.traces_endpoint is None:
        return
    try:
        version(_LIBRARY)
    except PackageNotFoundError:
        raise Fault(
            Reason.SETTINGS_INVALID,
            f"ARTGATE_TRACES_ENDPOINT needs {_LIBRARY}: install artgate[traces], or unset it",
        ) from None


def begin(settings: Settings, process: str) -> None:
    """Trace from here on, in this process, if an endpoint is set. After a fork, in each child anew.

    Raises:
        Fault: as ``demand``.
    """
    global _recorder  # noqa: PLW0603 - one for a process, as its logs
    demand(settings)
    if settings.traces_endpoint is None:
        return
    from worker.tracing.recorder import Recorder  # noqa: PLC0415 - loaded where it is wanted alone

    _recorder = Recorder(settings.traces_endpoint, process, share=settings.traces_share)


def end() -> None:
    """Send off what is left, and trace no longer."""
    global _recorder
    recorder, _recorder = _recorder, None
    if recorder is not None:
        recorder.close()


def here() -> str | None:
    """The ``traceparent`` of the span around; None where there is none."""
    return _current.get() or None


def span(name: str, *, of: str | None = None, event_id: UUID | None = None) -> AbstractContextManager[Span]:
    """A span around a block; an error that passes through marks it, without its words.

    Args:
        name: of the stage.
        of: ``traceparent`` of its parent; None for the span around, `ROOT` to begin a trace.
        event_id: whose event it is about.
    """
    if _recorder is None:
        return _NOTHING
    return _within(_recorder, name, _current.get() if of is None else of, event_id)


def past(stage_ms: Mapping[str, float], names: Mapping[str, str]) -> None:
    """Spans of stages that have just passed, one behind the other, below the span around.

    Args:
        stage_ms: milliseconds of each stage.
        names: the stages in their order, and what their spans are called.
    """
    if _recorder is None or not _current.get():
        return
    ended = _recorder.now()
    for stage in reversed([stage for stage in names if stage in stage_ms]):
        begun = ended - int(stage_ms[stage] * 1e6)
        _recorder.past(names[stage], _current.get(), begun, ended)
        ended = begun


@contextmanager
def _within(recorder: Records, name: str, parent: str, event_id: UUID | None) -> Iterator[Span]:
    with recorder.span(name, parent, event_id) as made:
        token = _current.set(made.trace or ROOT)
        try:
            yield made
        finally:
            _current.reset(token)
