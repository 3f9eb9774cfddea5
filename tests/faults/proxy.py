"""A TCP proxy that makes trouble: ``python -m tests.faults.proxy CONTROL_PORT NAME:PORT:TARGET …``.

``GET /NAME/TOXIC`` on the control port poisons that route from now on, ``GET /`` says which are poisoned. Toxics:

none       passes everything on (and ends what was half open)
latency    every chunk comes 0.1 to 0.9 s late
slices     64 bytes at a time
stall      nothing passes until another toxic is set; nobody's connection ends
half_open  the server's side is gone, the client is not told
reset      every connection is reset, once; new ones pass
"""

import asyncio
import random
import socket
import struct
import sys

HOST = "127.0.0.1"
TOXICS = ("none", "latency", "slices", "stall", "half_open", "reset")
HOLDING = ("stall", "half_open")
CHUNK, SLICE = 65_536, 64
LINGER_NOT = struct.pack("ii", 1, 0)  # close sends RST


class Route:
    def __init__(self, name: str, port: int, target: int) -> None:
        self.name, self.port, self.target = name, port, target
        self.toxic = "none"
        self.changed = asyncio.Condition()
        self.clients: set[asyncio.StreamWriter] = set()
        self.servers: set[asyncio.StreamWriter] = set()
        self.orphans: set[asyncio.StreamWriter] = set()

    async def poison(self, toxic: str) -> None:
        async with self.changed:
            self.toxic = "none" if toxic == "reset" else toxic
            self.changed.notify_all()
        _reset(self.orphans)
        if toxic == "reset":
            _reset(self.clients)
            _reset(self.servers)
        if toxic == "half_open":
            self.orphans |= self.clients
            _reset(self.servers)

    async def converse(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        self.clients.add(client)
        server: asyncio.StreamWriter | None = None
        try:
            if self.toxic == "half_open":
                self.orphans.add(client)
            await self._while_held()
            answers, server = await asyncio.open_connection(HOST, self.target)
            self.servers.add(server)
            await asyncio.gather(self._pipe(reader, server), self._pipe(answers, client))
        except OSError:
            pass  # either side went away: the other one is told below, unless it is to believe that nothing happened
        finally:
            await self._end(client, server)

    async def _end(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter | None) -> None:
        if client in self.orphans:
            async with self.changed:
                await self.changed.wait_for(lambda: client not in self.orphans)
        self.clients.discard(client)
        client.close()
        if server:
            self.servers.discard(server)
            server.close()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            await self._while_held()
            if self.toxic == "latency":
                await asyncio.sleep(random.uniform(0.1, 0.9))
            size = SLICE if self.toxic == "slices" else CHUNK
            for first in range(0, len(data), size):
                writer.write(data[first : first + size])
                await writer.drain()
        raise ConnectionError("one side has said all")  # no protocol here goes on with one half of a connection

    async def _while_held(self) -> None:
        if self.toxic in HOLDING:
            async with self.changed:
                await self.changed.wait_for(lambda: self.toxic not in HOLDING)


def _reset(writers: set[asyncio.StreamWriter]) -> None:
    for writer in list(writers):
        connection = writer.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        writer.transport.abort()
    writers.clear()


class Control:
    def __init__(self, routes: list[Route]) -> None:
        self.routes = {route.name: route for route in routes}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        words = (await reader.readline()).decode().split(" ")[1].strip("/").split("/")
        while (await reader.readline()).strip():
            pass
        if len(words) == 2 and words[0] in self.routes and words[1] in TOXICS:
            await self.routes[words[0]].poison(words[1])
        status = "200 OK" if words == [""] or len(words) == 2 else "404 Not Found"
        told = " ".join(f"{route.name}={route.toxic}" for route in self.routes.values())
        writer.write(f"HTTP/1.0 {status}\r\nContent-Length: {len(told)}\r\n\r\n{told}".encode())
        await writer.drain()
        writer.close()


async def serve(control_port: int, routes: list[Route]) -> None:
    servers = [await asyncio.start_server(route.converse, HOST, route.port) for route in routes]
    servers.append(await asyncio.start_server(Control(routes).answer, HOST, control_port))
    await asyncio.gather(*(server.serve_forever() for server in servers))


def main(arguments: list[str]) -> None:
    routes = [Route(name, int(port), int(target)) for name, port, target in (a.split(":") for a in arguments[1:])]
    asyncio.run(serve(int(arguments[0]), routes))


if __name__ == "__main__":
    main(sys.argv[1:])
