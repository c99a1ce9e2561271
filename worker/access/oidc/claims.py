"""What verified claims say of a person: role, name, second factor. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from db.models.accounts import Role

_STRONGEST_FIRST = (Role.ADMIN, Role.SENIOR, Role.MODERATOR, Role.AUDITOR)
"""Which role counts where the claim gives several."""


def role_of(claims: Mapping[str, Any], path: str, roles: Mapping[str, str]) -> Role | None:
    """The strongest role that the claim at ``path`` gives; None where it gives none.

    Args:
        claims: of a verified token.
        path: names parted by dots; a claim whose own name has dots is found first.
        roles: role by value of the claim.
    """
    value = claims.get(path, _at(claims, path.split(".")))
    values = value if isinstance(value, list) else [value]
    given = {Role(roles[each]) for each in values if isinstance(each, str) and each in roles}
    return next((role for role in _STRONGEST_FIRST if role in given), None)


def names_of(claims: Mapping[str, Any]) -> Iterator[str]:
    """Names that a new account may have, the best first."""
    preferred = claims.get("preferred_username")
    if isinstance(preferred, str):
        yield preferred
    email = claims.get("email")
    if isinstance(email, str) and claims.get("email_verified") is True:
        yield email


def has_second_factor(claims: Mapping[str, Any], vouching: Collection[str]) -> bool:
    """Whether the provider says that a second factor was shown (claim ``amr``, RFC 8176)."""
    methods = claims.get("amr")
    return isinstance(methods, list) and any(method in vouching for method in methods)


def _at(claims: Any, path: list[str]) -> Any:
    for name in path:
        claims = claims.get(name) if isinstance(claims, Mapping) else None
    return claims
