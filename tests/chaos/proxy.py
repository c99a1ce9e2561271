"""A network that can be spoilt: TCP proxies before servers, each with weather of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

_CHUNK = 1 << 16
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What befalls what passes."""

    delay: float = 0.0
    """Seconds that each chunk is held up, in either direction."""
    cut: bool = False
    """Open connections are reset, new ones too."""
    answer: bytes | None = None
    """Sent in place of the server's to the first request of each connection, which then ends."""
    cut_after: int | None = None
    """Bytes of the server's answers after which a connection is reset."""


FAIR = Weather()


class Proxy:
    """One way to one server."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._weather = FAIR
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.get_running_loop()
        self.touched = 0
        """What the present weather has befallen: connections reset or answered, chunks held up."""

    @property
    def port(self) -> int:
        """Where clients find it on 127.0.0.1."""
        assert self._server is not None, "listen() made it"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def listen(self) -> None:
        """Begin to take connections."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def refuse(self) -> None:
        """Take no more connections."""
        assert self._server is not None, "listen() made it"
        self._server.close()

    def change(self, weather: Weather) -> None:
        """Let other weather begin, from any thread. Bad weather but a delay resets what is open."""
        _wait(self._changed(weather), self._loop)

    async def _changed(self, weather: Weather) -> None:
        self._weather, self.touched = weather, 0
        if weather.cut or weather.answer is not None or weather.cut_after is not None:
            broken = list(self._open)
            for writer in broken:
                writer.transport.abort()
            self.touched = len(broken) if weather.cut else 0

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        weather = self._weather
        self._open.add(to_client)
        try:
            if weather.cut:
                self._touch(to_client)
            elif weather.answer is not None:
                await client.readuntil(b"\r\n\r\n")
                to_client.write(weather.answer)
                await to_client.drain()
                self.touched += 1
            else:
                await self._pass(client, to_client)
        except (OSError, asyncio.IncompleteReadError):
            to_client.transport.abort()
        finally:
            self._open.discard(to_client)
            to_client.close()

    async def _pass(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", self._upstream)
        self._open.add(to_server)
        ways = [
            asyncio.ensure_future(self._pump(client, to_server, answers=False)),
            asyncio.ensure_future(self._pump(server, to_client, answers=True)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._open.discard(to_server)
            to_server.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        passed = 0
        while chunk := await reader.read(_CHUNK):
            weather = self._weather
            if weather.delay:
                self.touched += 1
                await asyncio.sleep(weather.delay)
            most = weather.cut_after
            passed += len(chunk)
            if answers and most is not None and passed > most:
                writer.write(chunk[: len(chunk) - (passed - most)])
                await writer.drain()
                writer.close()
                self.touched += 1
                return
            writer.write(chunk)
            await writer.drain()

    def _touch(self, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()
        self.touched += 1


class Network:
    """Makes proxies; all run in one thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._proxies: list[Proxy] = []

    def proxy(self, upstream: int) -> Proxy:
        """A proxy before the server on a port of 127.0.0.1, which need not be there yet."""
        made = _wait(_made(upstream), self._loop)
        self._proxies.append(made)
        return made

    def close(self) -> None:
        """End all proxies and what passes through them."""
        _wait(_ended(self._proxies), self._loop)


@contextmanager
def network() -> Iterator[Network]:
    """A network for the time of the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="network", daemon=True)
    thread.start()
    made = Network(loop)
    try:
        yield made
    finally:
        made.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _made(upstream: int) -> Proxy:
    made = Proxy(upstream)
    await made.listen()
    return made


async def _ended(proxies: list[Proxy]) -> None:
    """Take no more, cancel what still passes, and wait for it."""
    for proxy in proxies:
        await proxy.refuse()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*others, return_exceptions=True)


def _wait(work: Coroutine[Any, Any, _Result], loop: asyncio.AbstractEventLoop) -> _Result:
    return asyncio.run_coroutine_threadsafe(work, loop).result(30)
