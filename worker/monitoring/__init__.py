"""What an operator's own monitoring asks of a process: its metrics, whether it lives, whether it is ready.

The hook, the sweeper and the relay count in their own memory. A worker's children are many and short-lived,
so they tell each scan to one process beside them, which counts for all: see ``apart``.
"""
