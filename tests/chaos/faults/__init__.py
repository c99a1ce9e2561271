"""All faults that strike, by name."""

from __future__ import annotations

from tests.chaos.faults.clocks import CLOCKS
from tests.chaos.faults.deaths import DEATHS
from tests.chaos.faults.deliveries import DELIVERIES
from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.faults.lateness import LATENESS
from tests.chaos.faults.network import NETWORK
from tests.chaos.faults.storage import STORAGE

FAULTS: tuple[Fault, ...] = (*DEATHS, *NETWORK, *STORAGE, *DELIVERIES, *LATENESS, *CLOCKS)

__all__ = ["FAULTS", "Fault", "Scene"]
