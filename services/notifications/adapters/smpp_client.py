"""smpplib's client with what a session of several threads needs: whole sends, whole reads, a clean end."""

import logging
import socket
import threading
from contextlib import suppress
from typing import Any

from smpplib import consts, exceptions, smpp
from smpplib.client import Client

# At DEBUG the library writes every PDU, and with it one-time codes and texts.
_QUIET = "notifications.smpp"
logging.getLogger(_QUIET).setLevel(logging.WARNING)

LENGTH_FIELD = 4
LARGEST_PDU = 70_000  # message_payload may hold 64 KiB


class SessionClient(Client):
    _socket: Any

    def __init__(self, host: str, port: int, connect_timeout_s: float) -> None:
        super().__init__(host, port, timeout=connect_timeout_s, logger_name=_QUIET, allow_unknown_opt_params=True)
        self._sending = threading.RLock()

    def read_with_timeout(self, seconds: float) -> None:
        """From now on ``read_pdu`` raises TimeoutError after so many silent seconds."""
        self._socket.settimeout(seconds)

    def make(self, command: str, **fields: Any) -> Any:
        """A PDU with a sequence number of its own."""
        with self._sending:
            return smpp.make_pdu(command, client=self, **fields)

    def answer(self, request: Any, command: str, status: int = consts.SMPP_ESME_ROK) -> None:
        response = self.make(command, status=status)
        response.sequence = request.sequence
        self.send_pdu(response)

    def send_pdu(self, p: Any) -> bool:
        """A PDU must not be torn in two by another thread's."""
        with self._sending:
            if self._socket is None:
                raise exceptions.ConnectionError("closed")
            return bool(super().send_pdu(p))

    def _recv_exact(self, exact_size: int) -> bytes:
        """TimeoutError only between PDUs; a silence inside one would lose the place in the stream."""
        if exact_size > LARGEST_PDU:
            raise exceptions.ConnectionError(f"a PDU of {exact_size} octets cannot be")
        received = b""
        while len(received) < exact_size:
            try:
                piece = self._socket.recv(exact_size - len(received))
            except (TimeoutError, socket.timeout):  # noqa: UP041 — a green socket's time-out is not the builtin
                if received or exact_size != LENGTH_FIELD:
                    raise exceptions.ConnectionError("the stream stopped inside a PDU") from None
                raise TimeoutError from None
            except (OSError, AttributeError) as problem:  # AttributeError: closed by another thread
                raise exceptions.ConnectionError(str(problem)) from None
            if not piece:
                raise exceptions.ConnectionError("the other side closed the connection")
            received += piece
        return received

    def close(self) -> None:
        """Wakes a thread that reads; may be called by any thread, more than once."""
        open_socket, self._socket = self._socket, None
        self.state = consts.SMPP_CLIENT_STATE_CLOSED
        if open_socket is not None:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()
