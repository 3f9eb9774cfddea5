"""Checks who binds, which the SMPP library's server leaves out: it accepts every bind and never shows the password.

The door reads the first PDU of a connection. A bind with the right system_id and password is handed, with all that
follows, to the library's server behind it; another is refused with the status SMPP 3.4 has for it.
"""

import asyncio
import socket
import struct
from contextlib import suppress

from deploy.sandbox.control_http import say
from deploy.sandbox.settings import Address
from deploy.sandbox.smsc import smpp_numbers as numbers

FIRST_PDU_WITHIN_S = 10.0
LONGEST_BIND = 256
_HEADER = struct.Struct("!IIII")


class FrontDoor:
    def __init__(self, address: Address, inner_port: int) -> None:
        self._address, self._inner_port = address, inner_port

    async def open(self) -> asyncio.Server:
        return await asyncio.start_server(self._connected, self._address.host, self._address.port)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(FIRST_PDU_WITHIN_S):
                bind = await _read_bind(reader)
            status = self._status_of(bind[_HEADER.size :])
            if status:
                writer.write(_refusal(bind, status))
                await writer.drain()
                return
            await self._hand_over(bind, reader, writer)
        except (ValueError, TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            say("smsc", f"connection ended: {error!r}")
        finally:
            writer.close()

    def _status_of(self, body: bytes) -> int:
        """body begins with system_id and password, each ended by a zero octet."""
        system_id, password, *_ = [*body.split(b"\0"), b"", b""]
        expected = self._address
        if expected.username and system_id != expected.username.encode():
            return numbers.ESME_RINVSYSID
        if expected.password and password != expected.password.encode():
            return numbers.ESME_RINVPASWD
        return numbers.ESME_ROK

    async def _hand_over(self, bind: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._inner_port)
        inner_writer.write(bind)
        # Whichever side ends first, the other one is ended too.
        ways = [
            asyncio.create_task(_copy(reader, writer, inner_writer)),
            asyncio.create_task(_copy(inner_reader, inner_writer, writer)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        inner_writer.close()


async def _read_bind(reader: asyncio.StreamReader) -> bytes:
    header = await reader.readexactly(_HEADER.size)
    length, command, _, _ = _HEADER.unpack(header)
    if command not in numbers.BINDS or not _HEADER.size < length <= LONGEST_BIND:
        raise ValueError("the first PDU is not a bind")
    return header + await reader.readexactly(length - _HEADER.size)


def _refusal(bind: bytes, status: int) -> bytes:
    _, command, _, sequence = _HEADER.unpack(bind[: _HEADER.size])
    say("smsc", f"bind refused={status:#x}")
    return _HEADER.pack(_HEADER.size, command | numbers.RESPONSE, status, sequence)


async def _copy(source: asyncio.StreamReader, own: asyncio.StreamWriter, target: asyncio.StreamWriter) -> None:
    """own is the writer of the connection that source reads."""
    with suppress(OSError):
        while octets := await source.read(65536):
            _acknowledge_at_once(own)
            target.write(octets)
            await target.drain()
    target.close()


def _acknowledge_at_once(writer: asyncio.StreamWriter) -> None:
    """Peers that gather small writes (Nagle) would else wait 40 ms for each of our acknowledgements."""
    if hasattr(socket, "TCP_QUICKACK"):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
