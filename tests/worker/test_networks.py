"""Which addresses are the world's, and which are somebody's own."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.networks import networks_of, reachable

OWN = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.1.1.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
]
MAPS = ["::ffff:{}", "64:ff9b::{}", "64:ff9b:1::{}", "::{}"]


@pytest.mark.parametrize("address", OWN)
def test_an_address_that_is_not_public_is_not_reached_unless_it_is_allowed(address: str) -> None:
    assert not reachable(ip_address(address), ())
    assert reachable(ip_address(address), networks_of([address]))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111"])
def test_a_public_address_is_reached(address: str) -> None:
    assert reachable(ip_address(address), ())


@pytest.mark.parametrize("form", MAPS)
@pytest.mark.parametrize("address", [each for each in OWN if "." in each])
def test_an_ipv6_form_of_such_an_address_is_not_reached_either(form: str, address: str) -> None:
    mapped = ip_address(form.format(address))
    if mapped != IPv6Address("::"):
        assert not reachable(mapped, ())
    assert reachable(mapped, networks_of([address]))


@given(st.ip_addresses(v=4))
def test_6to4_and_mapped_forms_are_judged_by_the_address_within(address: IPv4Address) -> None:
    expected = reachable(address, ())
    sixtofour = IPv6Address((0x2002 << 112) | (int(address) << 80))
    assert reachable(sixtofour, ()) == expected
    assert reachable(IPv6Address((0xFFFF << 32) | int(address)), ()) == expected


def test_networks_are_read_with_and_without_a_prefix() -> None:
    assert list(map(str, networks_of(["10.0.0.0/8", "127.0.0.1", "fd00::/8"]))) == [
        "10.0.0.0/8",
        "127.0.0.1/32",
        "fd00::/8",
    ]


@pytest.mark.parametrize("text", ["10.0.0.1/8", "intranet", "10.0.0.0/33"])
def test_what_is_no_network_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is no network; expected an address"):
        networks_of([text])
