"""Networks and addresses: which of them are the world's, and which are somebody's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
"""IPv6 networks whose last 32 bits are an IPv4 address: NAT64 (RFC 6052, RFC 8215) and the old form."""


def networks_of(words: Iterable[str]) -> tuple[Network, ...]:
    """The networks that words name; an address alone is the network of itself.

    Raises:
        ValueError: one of them is no network.
    """
    return tuple(map(_network, words))


def host_address(host: str) -> Address | None:
    """The address that a host in an URL states; None where it is a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def reachable(address: Address, allowed: Collection[Network]) -> bool:
    """Whether an address is one of the public internet, or lies in a network that is allowed.

    Loopback, private, shared, link-local (which holds the clouds' metadata), multicast, reserved and
    unspecified addresses are not public, and neither is an IPv6 address that stands for such an IPv4 one,
    whether mapped, translated (NAT64), 6to4 or Teredo.
    """
    if _within(address, allowed):
        return True
    meant: list[Address] = [*_stands_for(address)] or [address]
    return all(_within(each, allowed) or (each.is_global and not each.is_multicast) for each in meant)


def _within(address: Address, networks: Collection[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _stands_for(address: Address) -> Iterator[IPv4Address]:
    """IPv4 addresses that packets to an IPv6 address may end up at."""
    if not isinstance(address, IPv6Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if any(address in network for network in _TRANSLATED):
        yield IPv4Address(int(address) & 0xFFFF_FFFF)


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no network; expected an address, or one with its prefix such as 10.0.0.0/8"
        ) from None
