"""What every server of the local stack can do."""

from __future__ import annotations

from abc import ABC, abstractmethod

from deploy.local.launch import Child


class Server(ABC):
    """One program that serves; a direct child of this process, which it never outlives."""

    child: Child

    @abstractmethod
    def wait_until_ready(self) -> None:
        """Wait until it serves.

        Raises:
            StackError: it ended, or takes too long.
        """

    def spawn(self) -> None:
        """Start without waiting; also after `kill`."""
        self.child.start()

    def start(self) -> None:
        """Start and wait until it serves."""
        self.spawn()
        self.wait_until_ready()

    def stop(self) -> None:
        """End the server."""
        self.child.stop()

    def kill(self) -> None:
        """``kill -9`` the server; what it keeps on disk is kept."""
        self.child.kill()
