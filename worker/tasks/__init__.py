"""Celery's side of the worker: the application, its two tasks, and what parent and children do."""
