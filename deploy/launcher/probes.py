"""Is it really ready? A bare TCP connect is too early for all three kinds of server."""

import http.client
import socket
import struct
from urllib.parse import urlsplit

STARTING_UP = b"57P03"


def postgres_answers(host: str, port: int, user: str = "mall", limit: float = 1.0) -> bool:
    """Sends the first packet of a login, as pg_isready does: anything but 'still starting' means ready."""
    fields = b"user\0" + user.encode() + b"\0database\0postgres\0\0"
    packet = struct.pack("!II", len(fields) + 8, 196_608) + fields
    # With a goodbye, else the server's log fills with lost connections.
    answer = _first_bytes(host, port, packet, 400, limit, goodbye=b"X\0\0\0\4")
    return bool(answer) and not (answer[:1] == b"E" and STARTING_UP in answer)


def amqp_answers(host: str, port: int, limit: float = 1.0) -> bool:
    """A broker that is up answers the protocol header with the frame Connection.Start."""
    return _first_bytes(host, port, b"AMQP\0\0\x09\x01", 8, limit)[:1] == b"\1"


def http_ok(url: str, limit: float = 1.0) -> bool:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=limit)
    try:
        connection.request("GET", place.path or "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _first_bytes(host: str, port: int, packet: bytes, count: int, limit: float, goodbye: bytes = b"") -> bytes:
    try:
        with socket.create_connection((host, port), limit) as connection:
            connection.settimeout(limit)
            connection.sendall(packet)
            answer = connection.recv(count)
            if goodbye:
                connection.sendall(goodbye)
                while connection.recv(4096):
                    pass
            return answer
    except OSError:
        return b""
