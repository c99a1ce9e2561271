"""The spoilt network itself: each weather befalls what passes, and is counted."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.chaos.proxy import FAIR, Proxy, Weather, network

BODY = b"x" * 5000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the name that http.server calls
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, network() as net:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield net.proxy(server.server_address[1])
        server.shutdown()


@pytest.fixture
def client(proxy: Proxy) -> Iterator[httpx.Client]:
    proxy.change(FAIR)
    with httpx.Client(base_url=f"http://127.0.0.1:{proxy.port}", trust_env=False, timeout=5) as made:
        yield made


def test_in_fair_weather_all_passes(proxy: Proxy, client: httpx.Client) -> None:
    assert [client.get("/").content for _ in range(2)] == [BODY, BODY]
    assert proxy.touched == 0


def test_a_delay_holds_up_both_ways(proxy: Proxy, client: httpx.Client) -> None:
    proxy.change(Weather(delay=0.2))
    begun = time.perf_counter()
    assert client.get("/").content == BODY
    assert time.perf_counter() - begun >= 0.4
    assert proxy.touched >= 2


def test_a_cut_resets_open_and_new_connections(proxy: Proxy, client: httpx.Client) -> None:
    client.get("/")
    proxy.change(Weather(cut=True))
    assert proxy.touched >= 1
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            client.get("/")
    assert proxy.touched >= 2
    proxy.change(FAIR)
    assert client.get("/").content == BODY


def test_an_answer_of_the_network_stands_in_for_the_servers(proxy: Proxy, client: httpx.Client) -> None:
    proxy.change(Weather(answer=b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
    assert client.get("/").status_code == 503
    assert proxy.touched == 1


def test_an_answer_is_cut_in_the_middle_of_its_body(proxy: Proxy, client: httpx.Client) -> None:
    proxy.change(Weather(cut_after=2000))
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/")
    assert proxy.touched == 1


def test_a_server_that_is_not_there_is_a_reset_connection() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with network() as net, pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{net.proxy(port).port}/", trust_env=False)
