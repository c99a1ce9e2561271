"""Members of JSON objects that anyone may have written: of the right type, or a refusal that says where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn
from urllib.parse import unquote_plus

from detector.reasons import Reason, Rejected

LONGEST_BUCKET = 255
LONGEST_KEY = 1024
LONGEST_TEXT = 1024
_LONGEST_ENCODED_KEY = 3 * LONGEST_KEY
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one JSON object. JSON's null counts as absent."""

    values: Mapping[str, object]
    where: str = ""
    """The way to this object from the body, for messages; it ends in a dot unless it is empty."""

    def has(self, *names: str) -> bool:
        """Whether all are there."""
        return all(self.values.get(name) is not None for name in names)

    def within(self, name: str) -> Members:
        """The object under ``name``.

        Raises:
            Rejected: ``bad_event``: absent, or no object.
        """
        found = self.maybe_within(name)
        return found if found is not None else self._refuse(name, "an object")

    def maybe_within(self, name: str) -> Members | None:
        """The object under ``name``, or None where there is none."""
        value = self.values.get(name)
        return Members(value, f"{self.where}{name}.") if isinstance(value, dict) else None

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """The text under ``name``.

        Raises:
            Rejected: ``bad_event``: absent, no text, or none that can be stored.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            self._refuse(name, "a text")
        return checked(value, f"{self.where}{name}", longest)

    def maybe_text(self, *names: str, longest: int = LONGEST_TEXT) -> str | None:
        """The text under the first of ``names`` that is there.

        Raises:
            Rejected: ``bad_event``: it is no text, or none that can be stored.
        """
        return next((self.text(name, longest) for name in names if self.has(name)), None)

    def word(self, name: str) -> str:
        """The text under ``name``, or an empty one where there is none: for telling shapes apart."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def whole(self, *names: str) -> int | None:
        """The whole number under the first of ``names`` that is there, sent as a number or as digits.

        Raises:
            Rejected: ``bad_event``: neither, negative, or 2**63 and more.
        """
        name = next((name for name in names if self.has(name)), None)
        if name is None or self.values[name] == "":
            return None
        value = self.values[name]
        if isinstance(value, str) and len(value) < 20 and value.isascii() and value.isdigit():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
            self._refuse(name, "a whole number from 0 to 2**63 - 1")
        return value

    def key(self, name: str = "key", *, encoded: bool) -> str:
        """The object's key under ``name``.

        Args:
            name: the member.
            encoded: it is form-urlencoded: a plus is a space, then percent signs, as UTF-8.

        Raises:
            Rejected: ``bad_event``: absent, no text, encoded wrongly, or too long.
        """
        if not encoded:
            return self.text(name, LONGEST_KEY)
        sent = self.text(name, _LONGEST_ENCODED_KEY)
        try:
            return checked(unquote_plus(sent, errors="strict"), f"{self.where}{name}", LONGEST_KEY)
        except UnicodeDecodeError:
            return self._refuse(name, "a key that is percent-encoded UTF-8")

    def moment(self, name: str) -> datetime | None:
        """The ISO 8601 time under ``name``; None where there is none that can be read."""
        try:
            found = datetime.fromisoformat(self.word(name))
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def _refuse(self, name: str, expected: str) -> NoReturn:
        found = "is missing" if not self.has(name) else "is something else"
        raise refusal(f"{self.where}{name} {found}; expected {expected}")


def checked(value: str, where: str, longest: int) -> str:
    """A text that PostgreSQL can store and that is not too long.

    Raises:
        Rejected: ``bad_event``.
    """
    try:
        length = len(value.encode())
    except UnicodeEncodeError:
        raise refusal(f"{where} holds half a surrogate pair; expected valid Unicode") from None
    if length > longest or "\0" in value:
        raise refusal(f"{where} is too long or holds a NUL; expected at most {longest} bytes of text")
    return value


def loaded(text: str | bytes) -> object:
    """The JSON value in ``text``.

    Raises:
        Rejected: ``bad_event``: not JSON, not UTF-8, or nested or numbered beyond reason.
    """
    try:
        unicode = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        value: object = json.loads(unicode, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise refusal("the body can't be read; expected JSON in UTF-8") from None
    return value


def refusal(message: str) -> Rejected:
    """A refusal of a body."""
    return Rejected(Reason.BAD_EVENT, message)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
