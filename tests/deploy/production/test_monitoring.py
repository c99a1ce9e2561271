"""Alerts and dashboards ask for metrics that exist, and each alert says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from db.models import (
    BundleState,
    EventState,
    HumanLabel,
    ItemKind,
    ItemState,
    MessageState,
    VerdictLabel,
    WorkQueue,
)
from detector.reasons import Reason
from tests.deploy.production.manifests import DEPLOY, PROCESSES, ROOT, of_kind, units
from tests.worker.monitoring.catalogue import labels_of_all
from worker.monitoring.telling import ChildEnd, ScanOutcome

MONITORING = DEPLOY / "monitoring"
ALERTS: list[dict[str, Any]] = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"][0]["rules"]
BOARDS = {
    path.stem: json.loads(path.read_text()) for path in sorted((MONITORING / "dashboards").glob("*.json"))
}
METRICS = labels_of_all()
BY_PROMETHEUS = frozenset({"job", "instance"})
VALUES: dict[str, set[str]] = {
    "cause": set(ChildEnd),
    "kind": set(ItemKind),
    "label": {*VerdictLabel, *HumanLabel},
    "outcome": {*ScanOutcome, "delivered", "failed", "dead"},
    "process": set(PROCESSES),
    "queue": set(WorkQueue),
    "reason": set(Reason),
    "state": {*BundleState, *EventState, *ItemState, *MessageState},
    "way": {"due", "missing", "rebuilt", "lapsed", "dead", "person", "near", "automatic"},
}
"""Whatever is not here is free: a route, a status, a version."""


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression, with where it stands."""
    for alert in ALERTS:
        yield f"alert {alert['alert']}", alert["expr"]
    for name, board in BOARDS.items():
        for shown in board["panels"]:
            for target in shown.get("targets", []):
                yield f"{name}: {shown['title']}", target["expr"]
    (scaled,) = of_kind("ScaledObject")
    for trigger in scaled["spec"]["triggers"]:
        yield "autoscaling", trigger["metadata"]["query"]


EXPRESSIONS = list(expressions())


def selectors(expression: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Each metric that is asked for, with its matchers: label, operator, value."""
    found = re.findall(r"\b((?:artgate|process)_[a-z_]+)\b(?:\{([^}]*)\})?", expression)
    return [(name, re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', matchers)) for name, matchers in found]


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_every_expression_asks_for_metrics_labels_and_values_that_exist(where: str, expression: str) -> None:
    asked = selectors(expression)
    assert asked
    for name, matchers in asked:
        assert name in METRICS, name
        for label, _, value in matchers:
            assert label in METRICS[name] | BY_PROMETHEUS, (name, label)
            if label in VALUES:
                assert set(value.split("|")) <= VALUES[label], (name, label, value)
    kept = {word for words in re.findall(r"\bby \(([^)]*)\)", expression) for word in words.split(", ")}
    assert kept <= BY_PROMETHEUS.union(*(METRICS[name] for name, _ in asked))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_every_alert_says_how_urgent_it_is_and_where_its_runbook_stands(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert alert["annotations"]["summary"].endswith(".")
    assert alert["annotations"]["runbook"] == f"docs/runbooks.md#{alert['alert'].lower()}"


def test_runbooks_are_of_these_alerts_and_links_between_them_lead_somewhere() -> None:
    """One section each, in the alerts' order, with something to do."""
    page = (ROOT / "docs" / "runbooks.md").read_text()
    _, *sections = re.split(r"^## ", page, flags=re.MULTILINE)
    titles = [section.partition("\n")[0] for section in sections]
    assert titles == [alert["alert"] for alert in ALERTS]
    assert all("\n- " in section for section in sections)
    assert set(re.findall(r"\]\(#([a-z]+)\)", page)) <= {title.lower() for title in titles}


def test_every_alert_has_a_test_that_makes_it_fire() -> None:
    """promtool runs them: `make check-alerts`."""
    tests = yaml.safe_load((MONITORING / "alerts.test.yaml").read_text())["tests"]
    assert [each["name"] for each in tests] == [
        "a quiet installation",
        *(f"{alert['alert']} fires" for alert in ALERTS),
    ]


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_explains_its_panels_and_overlaps_nowhere(name: str) -> None:
    board = BOARDS[name]
    shown = [each for each in board["panels"] if each["type"] != "row"]
    assert all(each["description"] and each["fieldConfig"]["defaults"]["unit"] for each in shown)
    assert len({each["id"] for each in board["panels"]}) == len(board["panels"])
    taken: set[tuple[int, int]] = set()
    for each in board["panels"]:
        at = each["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert taken.isdisjoint(cells)
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_every_metric_that_an_operator_could_miss_is_shown() -> None:
    """A metric that nothing asks for is not watched."""
    asked = {name for _, expression in EXPRESSIONS for name, _ in selectors(expression)}
    families = {re.sub(r"_(bucket|sum|count|created|info)$", "", name) for name in asked}
    ours = {
        re.sub(r"_(bucket|sum|count|created|info)$", "", name)
        for name in METRICS
        if name.startswith("artgate_")
    }
    unwatched = {name for name in ours - families if f"{name}_total" not in ours}
    assert unwatched == set()


def test_prometheus_scrapes_the_ports_of_the_units() -> None:
    (job,) = yaml.safe_load((MONITORING / "prometheus.yaml").read_text())["scrape_configs"]
    scraped = {target.split(":")[1] for static in job["static_configs"] for target in static["targets"]}
    settings = [value for unit in units().values() for value in unit["Environment"]]
    assert scraped == {value.split("=")[1] for value in settings if value.startswith("ARTGATE_MONITOR_PORT=")}
