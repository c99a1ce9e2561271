"""Which processes of artgate a demo runs, and with which settings."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from deploy.local.launch import Child, Program, free_port
from deploy.local.places import script
from deploy.local.stack import LocalStack

_BUCKET = "pictures"
MODERATOR = "ada"
SENIOR = "grace"
_TAKEN_ALONG = ("ARTGATE_BUNDLE", "ARTGATE_WEIGHTS_DIR")
"""What a caller may name, and the commands in the demo's shell must find as its worker does."""
_PROCESSES = ("hook", "console", "worker", "sweeper", "relay")
_WORKER_GRACE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a demo chooses for itself."""

    folder: Path
    buckets: tuple[str, ...]
    """Buckets that events may name; the samples go into the first."""
    hook_port: int
    hook_secret: str
    hook_token: str
    console_port: int
    moderator_token: str
    webhook_secret: str
    audit_key: str

    @classmethod
    def make(cls, folder: Path, buckets: tuple[str, ...]) -> Plan:
        """Free ports and fresh secrets; without `buckets`, a bucket of the demo's own."""
        return cls(
            folder=folder,
            buckets=buckets or (_BUCKET,),
            hook_port=free_port(),
            hook_secret=secrets.token_urlsafe(24),
            hook_token=secrets.token_urlsafe(24),
            console_port=free_port(),
            moderator_token=secrets.token_urlsafe(24),
            webhook_secret=secrets.token_urlsafe(24),
            audit_key=secrets.token_urlsafe(32),
        )

    def settings(self, stack: LocalStack, webhook_url: str) -> dict[str, str]:
        """The ARTGATE_ variables that make any of artgate's commands use this demo's stack."""
        storage = stack.storage
        return {
            "ARTGATE_DATABASE_URL": stack.database_url,
            "ARTGATE_BROKER_URL": stack.broker_url,
            "ARTGATE_S3_ENDPOINT": storage.endpoint,
            "ARTGATE_S3_REGION": storage.region,
            "ARTGATE_S3_ACCESS_KEY": storage.access_key,
            "ARTGATE_S3_SECRET_KEY": storage.secret_key,
            "ARTGATE_BUCKETS": ",".join(self.buckets),
            "ARTGATE_HOOK_HOST": "127.0.0.1",
            "ARTGATE_HOOK_PORT": str(self.hook_port),
            "ARTGATE_HOOK_SECRETS": self.hook_secret,
            "ARTGATE_HOOK_TOKENS": self.hook_token,
            "ARTGATE_API_URL": f"http://127.0.0.1:{self.hook_port}",
            "ARTGATE_API_TOKEN": self.hook_token,
            "ARTGATE_CONSOLE_HOST": "127.0.0.1",
            "ARTGATE_CONSOLE_PORT": str(self.console_port),
            "ARTGATE_PLAIN_HTTP_ON_LOCALHOST": "true",
            "ARTGATE_MODERATOR_TOKENS": json.dumps({MODERATOR: self.moderator_token}),
            "ARTGATE_WEBHOOK_URL": webhook_url,
            "ARTGATE_WEBHOOK_SECRET": self.webhook_secret,
            "ARTGATE_AUDIT_KEYS": self.audit_key,
            **_named_by_caller(),
        }

    def migration(self, settings: dict[str, str]) -> Child:
        """The command that brings the database to the newest schema."""
        return self._child("db upgrade", settings)

    def processes(self, settings: dict[str, str]) -> list[Child]:
        """The hook, the console, a worker, the sweeper and the relay, not yet started."""
        return [self._child(name, settings) for name in _PROCESSES]

    def _child(self, command: str, settings: dict[str, str]) -> Child:
        inherited = dict(os.environ)  # noqa: TID251 - what the caller sets further, such as ARTGATE_LOG_LEVEL
        return Child(
            Program(
                name=f"artgate {command}",
                command=[str(script("artgate")), *command.split()],
                folder=self.folder,
                log=self.folder / f"{command.replace(' ', '-')}.log",
                environment=inherited | settings,
                grace=_WORKER_GRACE,
            )
        )


def _named_by_caller() -> dict[str, str]:
    """Paths that the caller set, whichever folder a later command is called in."""
    given = os.environ  # noqa: TID251 - they are handed on, not read
    return {name: str(Path(given[name]).resolve()) for name in _TAKEN_ALONG if given.get(name)}
