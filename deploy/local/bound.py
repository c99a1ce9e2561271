"""Becomes another program that ends when its parent does, and never outlives it.

Run as a script, so that it needs nothing but the standard library:
``python -I -S bound.py PARENT SIGNAL UID GID PROGRAM ARGUMENT...``. PARENT is the process that the
program must not outlive, SIGNAL what the kernel sends it at the parent's death. A UID of -1 keeps the
user. The order matters: the kernel forgets the signal when a process changes its user.
"""

from __future__ import annotations

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Give up privileges, bind to the parent, become the program."""
    parent, signal_number, uid, gid = map(int, arguments[:4])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit("the parent ended before the program began")
    os.execv(arguments[4], arguments[4:])  # noqa: S606 - the launcher names the program


if __name__ == "__main__":
    main(sys.argv[1:])
