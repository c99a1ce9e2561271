"""How often signing in may be tried: by the name that is tried, and by the address that tries.

After the free failures each next attempt waits twice as long as the one before. Names that no account has
are counted alike, so that the delay tells nothing. The counts lie in PostgreSQL, where all processes see
them, and an attempt is counted before it is judged, so that a thousand at once are no way around.
"""

from __future__ import annotations

import hashlib
import math
from ipaddress import IPv6Address, ip_address

from sqlalchemy.orm import Session, sessionmaker

from db.queries import sign_in_attempts
from db.queries.sign_in_attempts import Patience
from detector.reasons import Reason, Rejected

PER_NAME = Patience(free=4, first_delay=1.0, longest_delay=900.0, forgotten_after=86_400.0)
PER_ADDRESS = Patience(free=30, first_delay=1.0, longest_delay=900.0, forgotten_after=3_600.0)
"""More is free: a whole office may share an address."""
_IPV6_HOST_BITS = 64


class Throttled(Rejected):
    """Too many failures: the answer says when to come back.

    Args:
        seconds: to wait; whole, at least 1.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(
            Reason.SIGN_IN_THROTTLED, f"too many attempts to sign in failed; try again in {seconds} s"
        )
        self.seconds = seconds

    def __reduce__(self) -> tuple[type[Throttled], tuple[int]]:  # type: ignore[override] # made of less
        return type(self), (self.seconds,)


class Throttle:
    """Counts attempts, each in a transaction of its own.

    Args:
        sessions: makes the transactions.
        name: as it was typed.
        address: of the client; None where there is none.
    """

    def __init__(self, sessions: sessionmaker[Session], name: str, address: str | None) -> None:
        self._sessions = sessions
        self._name = _key("name", name)
        self._address = None if address is None else _key("address", _network(address))

    def admit(self) -> None:
        """Count an attempt that is about to be judged.

        Raises:
            Throttled: it must wait.
        """
        if self._address is not None:
            self._admit(self._address, PER_ADDRESS)
        self._admit(self._name, PER_NAME)

    def right_so_far(self) -> None:
        """The password was right, and a second factor is still to come: the name stays counted."""
        if self._address is not None:
            with self._sessions.begin() as session:
                sign_in_attempts.forgive(session, self._address)

    def right(self) -> None:
        """The right person is here."""
        self.right_so_far()
        with self._sessions.begin() as session:
            sign_in_attempts.clear(session, self._name)

    def _admit(self, key: bytes, patience: Patience) -> None:
        with self._sessions.begin() as session:
            waits = sign_in_attempts.admit(session, key, patience)
        if waits:
            raise Throttled(math.ceil(waits))


def _key(kind: str, value: str) -> bytes:
    return hashlib.sha256(f"{kind}\0{value}".encode()).digest()


def _network(address: str) -> str:
    """The address; of IPv6 the half that names a network, as one host has all of the other half."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Address(int(parsed) >> _IPV6_HOST_BITS << _IPV6_HOST_BITS))
    return str(parsed)
