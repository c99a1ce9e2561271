"""Spans by OpenTelemetry, sent over HTTP in batches by a thread of its own."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

EVENT_ID = "artgate.event_id"
IMAGE_ID = "artgate.image_id"
_KEY = "traceparent"
_SEND_SECONDS = 5
_W3C = TraceContextTextMapPropagator()


class Span:
    """One of OpenTelemetry's."""

    def __init__(self, made: trace.Span) -> None:
        self._made = made

    @property
    def trace(self) -> str | None:
        """Its ``traceparent``."""
        carrier: dict[str, str] = {}
        _W3C.inject(carrier, trace.set_span_in_context(self._made, Context()))
        return carrier.get(_KEY)

    def image(self, image_id: UUID) -> None:
        """Say which image it is about."""
        self._made.set_attribute(IMAGE_ID, str(image_id))


class Recorder:
    """One process's spans."""

    def __init__(self, endpoint: str, process: str, *, share: float) -> None:
        """Begin; nothing is sent yet.

        Args:
            endpoint: URL that takes OTLP over HTTP.
            process: hook, worker, sweeper, relay or sqs.
            share: of the traces that begin here, 0 to 1; one that goes on is kept or dropped as it began.
        """
        logging.getLogger("opentelemetry").setLevel(
            logging.ERROR
        )  # one line for a batch that is lost, not three
        named = {"service.name": f"artgate-{process}", "service.version": version("artgate")}
        self._provider = TracerProvider(
            resource=Resource(named), sampler=ParentBased(TraceIdRatioBased(share))
        )
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_SEND_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("artgate")

    @contextmanager
    def span(self, name: str, parent: str, event_id: UUID | None) -> Iterator[Span]:
        """A span around a block."""
        about = {} if event_id is None else {EVENT_ID: str(event_id)}
        made = self._tracer.start_span(name, context=_context(parent), attributes=about)
        try:
            yield Span(made)
        except BaseException:
            made.set_status(Status(StatusCode.ERROR))  # without the error's words, which may name a file
            raise
        finally:
            made.end()

    def past(self, name: str, parent: str, begun: int, ended: int) -> None:
        """A span that is over."""
        self._tracer.start_span(name, context=_context(parent), start_time=begun).end(ended)

    def now(self) -> int:
        """The clock of the spans."""
        return time.time_ns()

    def close(self) -> None:
        """Send off what is left, within seconds."""
        self._provider.shutdown()


def _context(parent: str) -> Context:
    """Of a ``traceparent``; one that can't be read, as an empty one, begins a trace."""
    return _W3C.extract({_KEY: parent}, Context())
