"""systemd's units: as little power as the work needs, and an end in order."""

from __future__ import annotations

import pytest

from tests.deploy.production.manifests import DEPLOY, unit, units

UNITS = units()
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "RestrictNamespaces": "yes",
    "SystemCallFilter": "@system-service",
    "User": "artgate",
}


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_has_no_power_and_no_place_that_it_does_not_need(name: str) -> None:
    directives = UNITS[name]
    assert {each: directives[each][-1] for each in HARDENING} == HARDENING
    assert {"MemoryMax", "TasksMax"} <= set(directives)


@pytest.mark.parametrize("name", [name for name in UNITS if name != "artgate-migrate"])
def test_sigterm_reaches_the_main_process_alone_and_what_ends_is_started_anew(name: str) -> None:
    """A child of a worker that got the signal too would die in the middle of a scan."""
    directives = UNITS[name]
    assert (directives["KillMode"], directives["Restart"]) == (["mixed"], ["always"])
    assert directives["WantedBy"] == ["artgate.target"]
    assert "artgate-migrate.service" in directives["After"][0]


def test_the_target_wants_every_unit_that_each_installation_needs() -> None:
    """Uploads come by Amazon SQS only for some: that unit is enabled by its name."""
    wanted = " ".join(unit(DEPLOY / "systemd" / "artgate.target")["Wants"]).split()
    assert sorted(wanted) == sorted(f"{name}.service" for name in UNITS if name != "artgate-sqs")
