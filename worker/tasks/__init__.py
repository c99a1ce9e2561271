"""Celery's side of the worker: the application, its one task, and what parent and children do."""
