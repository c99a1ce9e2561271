"""Posting to receivers that fail, hang, lie and redirect, and to names whose address changes."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.worker.receiver import Receiver
from worker.networks import networks_of
from worker.webhooks.posting import Outcome, Poster

HERE = networks_of(["127.0.0.0/8"])
REFUSED = "its address is not public"


@contextmanager
def speaking(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does as ``talk`` says with each connection; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        talk(connection)
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)


def post(url: str, *, seconds: float = 0.5, **given: object) -> Outcome:
    return Poster(seconds, **given).post(url, b"{}", {"X-Own": "1"}, HERE)  # type: ignore[arg-type]


def take(connection: socket.socket) -> None:
    """Read the whole request: a connection that is closed with some of it unread is reset."""
    got = b""
    while not got.endswith(b"{}"):
        got += connection.recv(4096)


def hang(connection: socket.socket) -> None:
    """Read and never answer."""
    while connection.recv(4096):
        pass


def trickle(connection: socket.socket) -> None:
    """Send a header that never ends, a byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.05)


def babble(connection: socket.socket) -> None:
    """Say over and over that the answer is coming."""
    while True:
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.01)


def flood(connection: socket.socket) -> None:
    """Send a header of megabytes."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X: " + b"a" * 65536)


def lie(connection: socket.socket) -> None:
    """Answer in no language of the web."""
    connection.sendall(b"\x00\xff this is fine\r\n\r\n")


def hang_up(connection: socket.socket) -> None:
    """End the connection at once."""


def pour(connection: socket.socket) -> None:
    """Say yes, and send a body without an end."""
    take(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    while True:
        connection.sendall(b"a" * 65536)


def test_a_message_is_posted_with_its_headers(platform: Receiver) -> None:
    assert post(f"{platform.url}in?a=b") == Outcome(status=200, trouble=None)
    (got,) = platform.requests
    assert (got.path, got.body, got.headers["X-Own"]) == ("/in?a=b", b"{}", "1")


def test_a_name_and_a_password_in_the_url_are_sent_as_credentials(platform: Receiver) -> None:
    post(platform.url.replace("//", "//ann:p%20w@"))
    assert platform.requests[0].headers["Authorization"] == "Basic YW5uOnAgdw=="


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(platform: Receiver, status: int) -> None:
    platform.answer = lambda _: status
    assert post(platform.url).trouble == f"the receiver answered {status}"
    assert len(platform.requests) == 1


@pytest.mark.parametrize(
    ("talk", "trouble"),
    [
        (hang, "ReadTimeout"),
        (trickle, "ReadTimeout"),
        (babble, "ReadTimeout"),
        (flood, "RemoteProtocolError"),
        (lie, "RemoteProtocolError"),
        (hang_up, "RemoteProtocolError"),
    ],
)
def test_a_receiver_that_hangs_or_lies_costs_its_time_and_no_more(
    talk: Callable[[socket.socket], None], trouble: str
) -> None:
    with speaking(talk) as url:
        begun = time.monotonic()
        outcome = post(url)
        taken = time.monotonic() - begun
    assert not outcome.answered
    assert outcome.trouble is not None
    assert outcome.trouble.startswith("the receiver can't be reached: ")
    if trouble == "ReadTimeout":
        assert outcome.trouble.endswith(trouble)
    assert taken < 5


def test_a_body_without_an_end_is_not_read() -> None:
    with speaking(pour) as url:
        begun = time.monotonic()
        assert post(url).trouble is None
        assert time.monotonic() - begun < 5


def test_a_name_whose_address_changes_is_resolved_once_and_reached_where_it_was_checked(
    platform: Receiver,
) -> None:
    """The first answer is allowed, every later one leads into the machine."""
    answers = chain([["127.0.0.2"]], repeat(["127.0.0.1"]))
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    url = platform.url.replace("127.0.0.1", "receiver.example")
    outcome = Poster(0.5, resolve=resolve).post(url, b"{}", {}, networks_of(["127.0.0.2"]))
    assert not outcome.answered, "nothing listens on 127.0.0.2"
    assert (asked, platform.requests) == (["receiver.example"], [])

    outcome = Poster(0.5, resolve=resolve).post(url, b"{}", {}, networks_of(["127.0.0.2"]))
    assert REFUSED in str(outcome.trouble)
    assert platform.requests == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00::1", "0.0.0.0"]
)
def test_a_name_that_leads_to_an_address_of_the_machine_or_its_network_is_refused(
    platform: Receiver, address: str
) -> None:
    poster = Poster(0.5, resolve=lambda *_: [address])
    outcome = poster.post(platform.url.replace("127.0.0.1", "receiver.example"), b"{}", {})
    assert REFUSED in str(outcome.trouble)
    assert platform.requests == []


def test_of_several_addresses_the_ones_that_are_allowed_are_tried_in_turn(platform: Receiver) -> None:
    poster = Poster(2, resolve=lambda *_: ["10.0.0.1", "127.0.0.3", "127.0.0.1"])
    outcome = poster.post(platform.url.replace("127.0.0.1", "receiver.example"), b"{}", {}, HERE)
    assert outcome.trouble is None
    (got,) = platform.requests
    assert got.headers["Host"].startswith("receiver.example:")


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70 + ".example", "127.0.0.1:1"])
def test_a_host_that_is_not_there_is_one_failed_try(host: str) -> None:
    outcome = post(f"http://{host}/")
    assert outcome.trouble == "the receiver can't be reached: ConnectError"


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for receiver.example, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)  # noqa: TID251 - a certificate's own dates
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver.example")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("receiver.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    ).sign(key, hashes.SHA256())
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + built.public_bytes(Encoding.PEM))
    return file


@pytest.mark.parametrize(
    ("host", "trouble"),
    [("receiver.example", None), ("other.example", "the receiver can't be reached: ConnectError")],
)
def test_a_certificate_is_held_against_the_name_and_not_the_address(
    certified: Path, host: str, trouble: str | None
) -> None:
    """Both names lead to the checked address; only one is certified."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certified)
    trusted = ssl.create_default_context(cafile=str(certified))

    def answer(connection: socket.socket) -> None:
        with serving.wrap_socket(connection, server_side=True) as secured:
            take(secured)
            secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with speaking(answer) as url:
        secure = url.replace("http:", "https:").replace("127.0.0.1", host)
        poster = Poster(2, resolve=lambda *_: ["127.0.0.1"], tls=trusted)
        assert poster.post(secure, b"{}", {}, HERE).trouble == trouble
