"""The folder of one running stack: who owns it, what runs in it, and how leftovers are cleaned away.

Every program is bound to its parent by the kernel, so nothing should ever be left. What a ``kill -9``
at the wrong moment leaves all the same is found by the next start: a workspace writes down who owns it
and which sessions it began.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from deploy.local.processes import Identity, end_session

_OWNER = "owner"
_SESSIONS = "sessions"


class Workspace:
    """A folder that belongs to one living process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, root: Path, kind: str) -> Workspace:
        """A fresh folder under `root`, after those of dead owners were cleaned away."""
        clean(root)
        made = cls(root / f"{kind}-{os.getpid()}-{secrets.token_hex(4)}")
        made.occupy()
        return made

    def occupy(self) -> None:
        """Make the folder, as this process's."""
        self.folder.mkdir(mode=0o755)
        (self.folder / _OWNER).write_text(str(Identity.of(os.getpid())))

    @property
    def owner(self) -> Identity | None:
        """The process that the folder belongs to; None where there is no folder, or but half of one."""
        owners = _read(self.folder / _OWNER)
        return owners[0] if owners else None

    def record(self, session: Identity) -> None:
        """Write down that this workspace began `session`."""
        with (self.folder / _SESSIONS).open("a") as file:
            file.write(f"{session}\n")

    def end_sessions(self) -> int:
        """Kill what still runs of the recorded sessions; says how many processes there were."""
        return sum(end_session(session) for session in _read(self.folder / _SESSIONS))

    def remove(self) -> None:
        """Kill what still runs and remove the folder."""
        self.end_sessions()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def abandoned(self) -> bool:
        """Whether the owner is gone."""
        return self.owner is not None and not self.owner.alive


def clean(root: Path) -> list[Path]:
    """Remove the workspaces under `root` whose owners are gone; says which."""
    abandoned = [Workspace(file.parent) for file in root.glob(f"*/{_OWNER}")]
    removed = [workspace for workspace in abandoned if workspace.abandoned]
    for workspace in removed:
        workspace.remove()
    return [workspace.folder for workspace in removed]


def _read(path: Path) -> list[Identity]:
    """The identities written in `path`, without a last line that a crash cut short."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return []
    return [Identity.parse(line) for line in lines if len(line.split()) == 2]
