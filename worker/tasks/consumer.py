"""The worker's side of the broker, without Celery's queues for tasks that are put off.

Celery adds them by itself wherever there are quorum queues: 28 more, replicated, that artgate never uses.
"""

from __future__ import annotations

from celery.worker import consumer


class Consumer(consumer.Consumer):
    """Takes messages and hands them to the children."""

    class Blueprint(consumer.Consumer.Blueprint):  # type: ignore[misc, valid-type]  # the stubs take it for a variable
        """Its parts."""

        default_steps = tuple(
            step for step in consumer.Consumer.Blueprint.default_steps if "delayed_delivery" not in step
        )
