"""The files below deploy/ that describe a production installation, read as what they say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
PROCESSES = ("hook", "worker", "sweeper", "relay", "console", "sqs")
COMPONENTS = ("autoscaling", "sqs")
"""Of Kubernetes, with objects of their own."""
Document: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """One process of artgate in one way of installing it."""

    where: str
    words: tuple[str, ...]
    """What follows ``artgate``."""
    environment: Mapping[str, str]
    """What it is given, what the image gives included."""
    files: frozenset[str]
    """Names of the secrets that it gets as files."""
    database_url: str
    """Which of the URLs of PostgreSQL is its own."""
    stop_seconds: float
    """From SIGTERM to SIGKILL."""

    @property
    def process(self) -> str:
        """One of ``PROCESSES``; else the command."""
        return self.words[0]


def compose() -> Document:
    """The Compose file."""
    return _document(DEPLOY / "compose" / "compose.yaml")


def artgate_services() -> dict[str, Document]:
    """Compose's services that run artgate."""
    services = compose()["services"]
    return {name: each for name, each in services.items() if str(each["image"]).startswith("artgate")}


def kubernetes() -> list[Document]:
    """Every object of the base and of the components."""
    folders = ("base", *COMPONENTS)
    return [document for folder in folders for document in _objects(DEPLOY / "kubernetes" / folder)]


def _objects(folder: Path) -> Iterator[Document]:
    listed = _document(folder / "kustomization.yaml")["resources"]
    for name in listed:
        yield from yaml.safe_load_all((folder / name).read_text())


def of_kind(kind: str) -> list[Document]:
    """Kubernetes' objects of a kind."""
    return [each for each in kubernetes() if each["kind"] == kind]


def pods() -> list[Document]:
    """The pod templates, with the object's name."""
    return [
        {**each["spec"]["template"], "of": each["metadata"]["name"]}
        for each in kubernetes()
        if each["kind"] in {"Deployment", "Job"}
    ]


def env_file(path: Path) -> dict[str, str]:
    """Settings, one a line."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def unit(path: Path) -> dict[str, list[str]]:
    """A unit's directives of all sections, each with its values in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text().splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found[name].append(value)
    return found


def units() -> dict[str, dict[str, list[str]]]:
    """The services of systemd by name."""
    return {path.stem: unit(path) for path in sorted((DEPLOY / "systemd").glob("*.service"))}


def containerfile() -> str:
    """The image's definition, lines that go on joined."""
    text = (DEPLOY / "container" / "Containerfile").read_text()
    return re.sub(r"\\\n\s*", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))


def image_environment() -> dict[str, str]:
    """ARTGATE_ variables that the image sets."""
    return dict(re.findall(r"(ARTGATE_[A-Z0-9_]+)=(\S+)", containerfile()))


def installed() -> list[Installed]:
    """Every process of artgate, as Compose, Kubernetes and systemd would run it."""
    return [*_by_compose(), *_by_kubernetes(), *_by_systemd()]


def _by_compose() -> Iterator[Installed]:
    for name, service in artgate_services().items():
        mounted = dict(map(_mounted, service["secrets"]))
        yield Installed(
            where=f"compose {name}",
            words=tuple(service["command"]),
            environment=image_environment() | service["environment"],
            files=frozenset(mounted),
            database_url=mounted[Path(service["environment"]["ARTGATE_DATABASE_URL_FILE"]).name],
            stop_seconds=float(service.get("stop_grace_period", "10s").rstrip("s")),
        )


def _by_kubernetes() -> Iterator[Installed]:
    settings = env_file(DEPLOY / "kubernetes" / "example" / "settings.env")
    for pod in pods():
        (container,) = pod["spec"]["containers"]
        given = settings if "envFrom" in container else {}
        own = {each["name"]: each["value"] for each in container["env"]}
        (volume,) = (each for each in pod["spec"]["volumes"] if each["name"] == "secrets")
        mounted = {item["path"]: item["key"] for item in volume["secret"]["items"]}
        yield Installed(
            where=f"kubernetes {pod['of']}",
            words=tuple(container["args"]),
            environment=image_environment() | given | own,
            files=frozenset(mounted),
            database_url=mounted["database_url"],
            stop_seconds=float(pod["spec"].get("terminationGracePeriodSeconds", 30)),
        )


def _by_systemd() -> Iterator[Installed]:
    shared = env_file(DEPLOY / "systemd" / "artgate.env")
    for name, directives in units().items():
        own = dict(value.split("=", 1) for value in directives["Environment"])
        mounted = dict(value.split(":") for value in directives["LoadCredential"])
        yield Installed(
            where=f"systemd {name}",
            words=tuple(directives["ExecStart"][0].split()[1:]),
            environment=shared | own,
            files=frozenset(mounted),
            database_url=Path(mounted["database_url"]).name,
            stop_seconds=float(directives.get("TimeoutStopSec", ["90"])[0]),
        )


def _mounted(secret: str | Mapping[str, str]) -> tuple[str, str]:
    """Under which name a service of Compose sees which secret."""
    return (secret, secret) if isinstance(secret, str) else (secret["target"], secret["source"])


def _document(path: Path) -> Document:
    document: Document = yaml.safe_load(path.read_text())
    return document
