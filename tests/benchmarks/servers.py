"""The local stack of servers, and artgate's settings on it, for as long as a stage needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from db.engine import make_engine
from deploy.local.launch import free_port
from deploy.local.places import state_root
from deploy.local.stack import LocalStack
from deploy.local.workspace import Workspace
from tests.databases import Databases
from tests.servers import Bucket, bucket_maker, settings_for
from worker.settings import Settings

TOKEN = "of the platform"


@contextmanager
def servers(**others: Any) -> Iterator[tuple[Settings, Bucket]]:
    """Servers that keep what they were told when the machine dies, a migrated database, an empty bucket.

    Args:
        others: further settings.
    """
    workspace = Workspace.create(state_root(), "bench")
    stack = LocalStack(workspace, durable=True)
    try:
        stack.start()
        bucket = bucket_maker(stack.storage)()
        databases = Databases(stack.database_url)
        try:
            settings = settings_for(
                database=databases.migrated(),
                broker=stack.broker_url,
                bucket=bucket,
                hook_port=free_port(),
                hook_tokens=(TOKEN,),
                **others,
            )
            yield settings, bucket
        finally:
            databases.drop_all()
    finally:
        stack.stop()
        workspace.remove()


@contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    """Connections to the settings' database."""
    engine = make_engine(settings.database_url.get_secret_value(), application="benchmarks")
    try:
        yield engine
    finally:
        engine.dispose()
