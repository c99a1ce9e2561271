"""Traces of an upload's way, from the hook's request to the webhook; off unless an endpoint is set.

Nothing but identifiers goes with a trace: the event's, the image's, and W3C's ``traceparent``. That travels
in the message to the worker, and lies beside the event and the message to the platform, so that whoever
takes these up goes on.
"""

from worker.tracing.spans import ROOT, Span, begin, demand, end, here, past, span

__all__ = ["ROOT", "Span", "begin", "demand", "end", "here", "past", "span"]
