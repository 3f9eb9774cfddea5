"""The proxy of the fault suite makes the trouble that it is told to make, and no other."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.faults.doors import Door, through_doors
from tests.faults.proxy import HOST, Route
from tests.load.children import free_port

SOON_S, IN_TIME_S = 0.2, 10.0
Talk = Callable[[Route, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(1000):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def route_to_an_echo() -> AsyncIterator[Route]:
    route = Route("echo", free_port(), free_port())
    servers = [
        await asyncio.start_server(echo, HOST, route.target),
        await asyncio.start_server(route.converse, HOST, route.port),
    ]
    yield route
    for server in servers:
        server.close()


def talk(story: Talk) -> None:
    async def tell() -> None:
        async with route_to_an_echo() as route:
            reader, writer = await asyncio.open_connection(HOST, route.port)
            assert await said_back(reader, writer, b"hello") == b"hello"
            await asyncio.wait_for(story(route, reader, writer), IN_TIME_S)

    asyncio.run(tell())


async def said_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, words: bytes) -> bytes:
    writer.write(words)
    return await reader.readexactly(len(words))


async def is_silent(reader: asyncio.StreamReader) -> bool:
    try:
        return not await asyncio.wait_for(reader.read(1), SOON_S)
    except TimeoutError:
        return True


def test_slices_arrive_whole() -> None:
    async def story(route: Route, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await route.poison("slices")
        assert await said_back(reader, writer, b"x" * 500) == b"x" * 500

    talk(story)


def test_what_stood_still_goes_on_where_it_was() -> None:
    async def story(route: Route, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await route.poison("stall")
        writer.write(b"later")
        assert await is_silent(reader)
        await route.poison("none")
        assert await reader.readexactly(5) == b"later"

    talk(story)


def test_a_reset_ends_what_is_there_and_nothing_that_comes() -> None:
    async def story(route: Route, reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await route.poison("reset")
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        again = await asyncio.open_connection(HOST, route.port)
        assert await said_back(*again, b"again") == b"again"

    talk(story)


def test_who_is_half_open_hears_nothing_until_it_is_over() -> None:
    async def story(route: Route, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await route.poison("half_open")
        writer.write(b"anybody?")
        assert await is_silent(reader)
        await route.poison("none")
        with pytest.raises(ConnectionResetError):
            await reader.read(1)

    talk(story)


def test_addresses_lead_through_the_doors() -> None:
    doors = [Door("postgres", 1001, 5432), Door("rabbitmq", 1002, 5672)]
    settings = {
        "database": "postgresql://mall@127.0.0.1:5432/mall_points?options=x",
        "broker": "amqp://mall:5672@127.0.0.1:5672/mall",
        "alone": "http://127.0.0.1:54321",
    }

    assert through_doors(settings, doors) == {
        "database": "postgresql://mall@127.0.0.1:1001/mall_points?options=x",
        "broker": "amqp://mall:5672@127.0.0.1:1002/mall",
        "alone": "http://127.0.0.1:54321",
    }
