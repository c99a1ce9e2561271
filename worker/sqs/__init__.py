"""Upload events out of queues of Amazon SQS, or of what speaks its language.

At least once: a message is deleted after its events are committed, so a poller that dies in between takes it
again, and the events are known by then.
"""
