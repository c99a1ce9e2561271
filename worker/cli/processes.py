"""The processes: hook, console, sqs, worker, sweeper, relay.

Each runs until SIGTERM or Ctrl-C and ends in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.settings import Settings

_TRACING = ("hook", "relay", "sqs", "sweeper")
"""Processes that trace from their start; a worker's children do so after their fork, the console never."""


def hook() -> None:
    """Run the HTTP server that takes upload events and reviews.

    It needs PostgreSQL; a broker that is away only delays the scans.
    """
    from worker.hook.serve import serve  # noqa: PLC0415 - each process loads its own libraries only

    serve(_configured("hook"))


def console() -> None:
    """Run the moderators' console, a site for browsers.

    It listens at http://127.0.0.1:8090 unless ARTGATE_CONSOLE_HOST and ARTGATE_CONSOLE_PORT say otherwise,
    and needs PostgreSQL; `artgate accounts add` makes an account to sign in with. Browsers sign in over TLS
    alone: put a proxy in front of it, or set ARTGATE_PLAIN_HTTP_ON_LOCALHOST=true to try it on this machine.
    """
    from worker.console.serve import serve  # noqa: PLC0415 - each process loads its own libraries only

    serve(_configured("console"))


def worker() -> None:
    """Run a worker that scans pictures.

    SIGTERM finishes the scans under way, which takes at most the hard time limit, and starts no other.
    """
    from worker.settings import limit_threads, read_settings  # noqa: PLC0415 - help needs no settings

    settings = read_settings()
    limit_threads(settings.worker_children)  # before anything imports a numeric library
    from worker.tasks.run import run  # noqa: PLC0415 - see above

    raise SystemExit(run(_configured("worker", settings)))


def sweeper() -> None:
    """Run the process that enqueues what was lost on the way.

    Several may run: one sweeps and the others stand by.
    """
    from worker.loop import stop_on_signals  # noqa: PLC0415 - see above
    from worker.sweeper import run  # noqa: PLC0415 - see above

    run(_configured("sweeper"), stop_on_signals())


def relay() -> None:
    """Run the process that tells the platform its verdicts.

    Several may run: each delivery belongs to one of them at a time.
    """
    from worker.loop import stop_on_signals  # noqa: PLC0415 - see above
    from worker.relay import run  # noqa: PLC0415 - see above

    run(_configured("relay"), stop_on_signals())


def sqs() -> None:
    """Run the process that takes upload events out of queues of SQS.

    Several may run. A message is deleted once its events are committed; what can't be read stays there.
    """
    from worker.loop import stop_on_signals  # noqa: PLC0415 - see above
    from worker.sqs.poller import run  # noqa: PLC0415 - see above

    run(_configured("sqs"), stop_on_signals())


def _configured(process: str, settings: Settings | None = None) -> Settings:
    """The settings, after the logs were set up as they say."""
    from worker import logs, tracing  # noqa: PLC0415 - help needs none
    from worker.settings import read_settings  # noqa: PLC0415 - see above

    settings = settings or read_settings()
    logs.configure(settings, process=process)
    tracing.demand(settings)
    if process in _TRACING:
        tracing.begin(settings, process)
    return settings
