"""Content Credentials: what the manifests of a file say. Signatures are named and not verified.

Source: C2PA specification 2.1, sections 8 (manifests), 10 (claims) and 18 (actions).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from detector.provenance import cbor
from detector.provenance.certificate import organisations
from detector.provenance.claim import Claim, Kind
from detector.provenance.jumbf import Superbox, superboxes
from detector.provenance.parameters import names_generator, software_claim
from detector.provenance.sources import source_claim

_MOST_MANIFESTS = 8
_MOST_ACTIONS = 20
_LONGEST = 1 << 20
"""Bytes of one assertion that are read; thumbnails are larger, and are not read."""
_CHAIN = (33, "x5chain")
"""Where a COSE header holds its certificates."""


def credential_claims(store: bytes) -> Iterator[Claim]:
    """What a store of manifests says: the active one, which is the last, and then those of ingredients."""
    for box in superboxes(store):
        if box.label == "c2pa":
            manifests = box.children[::-1][:_MOST_MANIFESTS]
            for number, manifest in enumerate(manifests):
                yield from _of_manifest(store, manifest, "C2PA" if number == 0 else "C2PA of an ingredient")


def _of_manifest(store: bytes, manifest: Superbox, source: str) -> Iterator[Claim]:
    claim = _items(store, manifest.child("c2pa.claim"))
    generator = _generator(claim if isinstance(claim, dict) else {})
    signed = _signer(_items(store, manifest.child("c2pa.signature")))
    says = f"written by {generator or 'unnamed software'}, {signed}"
    yield Claim.of(Kind.CREDENTIALS, f"{source}: manifest", says)
    if names_generator(generator):
        yield software_claim(f"{source}: claim generator", generator)
    assertions = manifest.child("c2pa.assertions")
    for box in () if assertions is None else assertions.children:
        if box.label.startswith("c2pa.actions"):
            yield from _of_actions(_items(store, box), source)


def _of_actions(assertion: Any, source: str) -> Iterator[Claim]:
    actions = assertion.get("actions") if isinstance(assertion, dict) else None
    for action in actions[:_MOST_ACTIONS] if isinstance(actions, list) else ():
        if not isinstance(action, dict):
            continue
        written, agent = action.get("digitalSourceType"), _agent(action.get("softwareAgent"))
        if isinstance(written, str) and written:
            yield source_claim(f"{source}: digital source type", written)
        done = action.get("action")
        if isinstance(done, str) and done:
            done = done.removeprefix("c2pa.")
            kind = Kind.GENERATOR if names_generator(agent) else Kind.TOOL
            yield Claim.of(kind, f"{source}: action", f"{done} by {agent}" if agent else done)


def _items(store: bytes, box: Superbox | None) -> Any:
    """What the first CBOR box in a superbox holds; None where it has none, or a broken one."""
    places = () if box is None else box.contents
    place = next(((start, end) for kind, start, end in places if kind == b"cbor"), None)
    if place is None or place[1] - place[0] > _LONGEST:
        return None
    try:
        return cbor.read(store[place[0] : place[1]])
    except ValueError:
        return None


def _generator(claim: dict[Any, Any]) -> str:
    info = claim.get("claim_generator_info")
    if isinstance(info, list):
        info = info[0] if info else None
    return _agent(info) or _agent(claim.get("claim_generator"))


def _agent(named: Any) -> str:
    """Software: a name, or a map with its name and version."""
    if isinstance(named, dict):
        parts = (named.get("name"), named.get("version"))
        return " ".join(part for part in parts if isinstance(part, str))
    return named if isinstance(named, str) else ""


def _signer(signature: Any) -> str:
    """Whom the certificate of a COSE_Sign1 names."""
    certificate = _certificate(signature)
    if certificate is None:
        return "without a readable signature"
    named = organisations(certificate)
    if not named:
        return "signed by a certificate that names nobody (not verified)"
    issued = f", issued by {named[0]}" if len(named) > 1 else ""
    return f"signed for {named[min(1, len(named) - 1)]}{issued} (not verified)"


def _certificate(signature: Any) -> bytes | None:
    if not isinstance(signature, list) or len(signature) != 4:
        return None
    for header in (_header(signature[0]), signature[1]):
        if not isinstance(header, dict):
            continue
        chain = next((header[key] for key in _CHAIN if key in header), None)
        first = chain[0] if isinstance(chain, list) and chain else chain
        if isinstance(first, bytes):
            return first
    return None


def _header(protected: Any) -> Any:
    try:
        return cbor.read(protected) if isinstance(protected, bytes) else None
    except ValueError:
        return None
