"""An identity provider: a real HTTP server of this process, as honest as it is told to be."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from worker.clock import unix_now

CLIENT_ID, CLIENT_SECRET = "artgate", "of the client"
Claims = dict[str, Any]


@dataclass(slots=True)
class IdentityProvider:
    """What it says of whom, and what it was asked."""

    url: str
    key: RSAKey
    person: Claims = field(default_factory=dict)
    """Claims of who signs in next."""
    metadata: Callable[[dict[str, Any]], dict[str, Any]] = lambda document: document
    """Changes the discovery document."""
    token: Callable[[dict[str, Any], Claims], Any] | None = None
    """Makes the ID token from header and claims; without it, it is signed with the key."""
    refuse: Callable[[str], tuple[int, dict[str, str]] | None] = lambda _: None
    """Status and headers instead of an answer, by path."""
    requests: list[str] = field(default_factory=list)
    """Paths, in order."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was asked for with each code that is not redeemed yet."""

    def document(self) -> dict[str, Any]:
        """The discovery document."""
        return self.metadata(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
        )

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser of someone who agrees is sent."""
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint; client, code, address and verifier must fit."""
        known = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {known}":
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        hashed = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        header = {"alg": "RS256", "kid": self.key.kid}
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": unix_now(),
            "exp": unix_now() + 60,
            "nonce": asked["nonce"],
        }
        claims |= self.person
        make = self.token or (lambda header, claims: jwt.encode(header, claims, self.key))
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": make(header, claims)}

    def answer(self, path: str) -> dict[str, Any] | None:
        """What lies at a path."""
        if path == "/.well-known/openid-configuration":
            return self.document()
        return {"keys": [self.key.as_dict(private=False)]} if path == "/keys" else None


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """A provider that is honest until told otherwise."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            parts = urlsplit(self.path)
            told.requests.append(parts.path)
            if parts.path == "/authorize":
                self._answer(303, None, {"Location": told.authorize(dict(parse_qsl(parts.query)))})
                return
            refusal = told.refuse(parts.path)
            if refusal is not None:
                self._answer(refusal[0], None, refusal[1])
                return
            body = told.answer(parts.path)
            self._answer(200 if body else 404, body, {})

        def do_POST(self) -> None:  # the name that http.server calls
            told.requests.append(self.path)
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, body = told.redeem(dict(parse_qsl(sent)), self.headers.get("Authorization", ""))
            self._answer(status, body, {})

        def _answer(self, status: int, body: dict[str, Any] | None, headers: dict[str, str]) -> None:
            raw = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        told = IdentityProvider(
            f"http://127.0.0.1:{server.server_address[1]}",
            RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}),
        )
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield told
        server.shutdown()
