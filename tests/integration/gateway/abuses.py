"""What is sent to a gateway by who means harm or has no idea, by name, and what becomes of it.

Each is answered with these statuses, in this order, and then the connection is closed if the last of them says so.
"""

from services.chassis.http_reading import LARGEST_BODY
from tests.integration.gateway.busy import SIGNED, callback

KIB = 1024
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: mall\r\n\r\n"


def head(*lines: bytes, target: bytes = b"/healthz", method: bytes = b"GET") -> bytes:
    return b"\r\n".join((method + b" " + target + b" HTTP/1.1", b"Host: mall", *lines, b"", b""))


def chunked(body: bytes) -> bytes:
    return (
        f"POST /callbacks/carriers/sf HTTP/1.1\r\nHost: mall\r\n{SIGNED}Transfer-Encoding: chunked\r\n\r\n".encode()
        + body
    )


def as_json(body: bytes, *lines: bytes) -> bytes:
    said = (b"Content-Type: application/json", b"Idempotency-Key: k", b"Content-Length: %d" % len(body), *lines)
    return head(*said, target=b"/v1/sign-in-codes", method=b"POST") + body


HEADS = {
    "ten thousand headers": (head(*(b"X-%d: y" % n for n in range(10_000))), (431,)),
    "a header of a mebibyte": (head(b"X: " + b"y" * KIB * KIB), (431,)),
    "a header name of 9 KiB": (head(b"X" * 9 * KIB + b": y"), (431,)),
    "a method of 9 KiB": (b"G" * 9 * KIB + b" / HTTP/1.1\r\n\r\n", (414,)),
    "64 KiB without an end of line": (b"\xff" * 64 * KIB, (414,)),
    "a thousand empty lines": (b"\r\n" * 1000, (400,)),
    "NUL in the target": (head(target=b"/health\x00z"), (400,)),
    "NUL in a header's name": (head(b"X\x00Y: z"), (400,)),
    "an empty header name": (head(b": y"), (400,)),
    "a vertical tab before a coding": (head(b"Transfer-Encoding: \x0bchunked"), (400,)),
    "a byte order mark": (b"\xef\xbb\xbf" + HEALTH, (400,)),
    "HTTP/2 with prior knowledge": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (505,)),
    "HTTP/1.2": (b"GET /healthz HTTP/1.2\r\nHost: mall\r\n\r\n", (505,)),
    "SMTP": (b"EHLO mall.example\r\nMAIL FROM:<a@b>\r\n", (400,)),
    "a host with a user": (head(b"Host: a@b"), (400,)),
}
TARGETS = {
    "dots upwards": (head(target=b"/../../etc/passwd"), (404,)),
    "encoded dots upwards": (head(target=b"/docs/assets/%2e%2e/%2e%2e/__init__.py"), (404,)),
    "an encoded NUL": (head(target=b"/docs/assets/%00"), (404,)),
    "overlong UTF-8": (head(target=b"/v1/goods/%c0%af"), (400,)),
    "half a surrogate": (head(target=b"/v1/goods/%ed%a0%80"), (400,)),
    "a broken escape in the query": (head(target=b"/healthz?a=%f"), (400,)),
    "a query of a thousand names": (head(target=b"/healthz?" + b"&".join(b"a%d" % n for n in range(1000))), (200,)),
    "an absolute address elsewhere": (head(target=b"http://evil.example/v1/nowhere"), (404,)),
    "another scheme": (head(target=b"gopher://mall/1"), (404,)),
    "a line end in the query": (head(target=b"/nowhere?a=%0d%0aSet-Cookie:%20a=b"), (404,)),
}
FRAMES = {
    "chunks in HTTP/1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,)),
    "a chunk of 2 GiB": (chunked(b"7fffffff\r\n"), (413,)),
    "a chunk size of 17 digits": (chunked(b"f" * 17 + b"\r\n"), (400,)),
    "an endless chunk extension": (chunked(b"1;" + b"x" * 100_000), (400,)),
    "ten thousand trailers": (chunked(b"0\r\n" + b"A: b\r\n" * 10_000 + b"\r\n"), (431,)),
    "a length in other digits": (head("Content-Length: ５".encode()), (400,)),
    "a length of a hundred digits": (head(b"Content-Length: " + b"9" * 100), (400,)),
    "a length in hexadecimal": (head(b"Content-Length: 0x10"), (400,)),
    "a length and a second one hidden behind a comma": (head(b"Content-Length: 0,7"), (400,)),
    "a coding that hides behind another": (head(b"Transfer-Encoding: chunked, identity"), (400,)),
    "a smuggled request behind a body of two lengths": (
        head(b"Content-Length: 0", b"Transfer-Encoding: chunked") + callback(b'"smuggled"'),
        (400,),
    ),
    "a broken request between two whole ones": (HEALTH + b"NONSENSE\r\n\r\n" + callback(b'"after"'), (200, 400)),
    "a body where none belongs": (head(b"Content-Length: 2") + b"{}" + HEALTH, (200, 200)),
    "two hundred requests at once": (HEALTH * 200, (200,) * 200),
}
BODIES = {
    "nested a hundred thousand times": (as_json(b"[" * 100_000), (400,)),
    "nested and closed": (as_json(b'{"phone":' * 500 + b"1" + b"}" * 500), (400,)),
    "broken UTF-8": (as_json(b'{"phone": "\xc3\x28"}'), (400,)),
    "UTF-32": (as_json('{"phone": "1"}'.encode("utf-32")), (400,)),
    "a name twice": (as_json(b'{"phone": "1", "phone": "2"}'), (400,)),
    "a number of 100,000 digits": (as_json(b'{"phone": ' + b"9" * 100_000 + b"}"), (400,)),
    "a number with an exponent of nine": (as_json(b'{"phone": 1e999999999}'), (400,)),
    "ten thousand unknown names": (as_json(b"{%b}" % b",".join(b'"n%d":0' % n for n in range(10_000))), (422,)),
    "a text of 128 KiB": (as_json(b'"%b"' % (b"a" * (LARGEST_BODY - 2))), (422,)),
    "NUL in a text": (as_json(b'{"phone": "138\\u0000"}'), (422,)),
    "zipped": (as_json(b"\x1f\x8b\x08\x00" + b"\x00" * 100, b"Content-Encoding: gzip"), (400,)),
    "a form with files": (
        head(b"Content-Type: multipart/form-data; boundary=", b"Content-Length: 4", b"Idempotency-Key: k",
             target=b"/v1/sign-in-codes", method=b"POST") + b"--\r\n",
        (415,),
    ),
}  # fmt: skip
CUSTOMS = {
    "a websocket": (
        head(b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13",
             b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
        (400,),
    ),
    "HTTP/2 by an upgrade": (
        head(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
        (200,),
    ),
    "languages without end": (head(b"Accept-Language: " + b"zz;q=0.1," * 800, target=b"/nowhere"), (404,)),
    "a quality that is no number": (head(b"Accept-Language: en;q=nan, zh;q=1e999", target=b"/nowhere"), (404,)),
    "a token of 8,000 letters": (head(b"Authorization: Bearer " + b"t" * 8000, target=b"/v1/me"), (401,)),
    "a token in other letters": (head("Authorization: Bearer 令牌".encode(), target=b"/v1/me"), (401,)),
    "a trace that is none": (head(b"traceparent: 00-" + b"0" * 999), (200,)),
    "an ETag that is none": (head(b'If-None-Match: W/"', target=b"/openapi.json"), (200,)),
    "a range of the document": (head(b"Range: bytes=0-0,1-1,2-2", target=b"/openapi.json"), (200,)),
    "an expectation nobody has": (head(b"Expect: the-unexpected"), (200,)),
    "a length where the key belongs": (
        head(b"Idempotency-Key: " + b"k" * 4000, b"Content-Length: 0", target=b"/v1/sessions", method=b"POST"),
        (400,),
    ),
}  # fmt: skip
ABUSES: dict[str, tuple[bytes, tuple[int, ...]]] = HEADS | TARGETS | FRAMES | BODIES | CUSTOMS
LEFT_BEFORE_THE_END = {
    "nothing said": b"",
    "half a request line": b"GET /heal",
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: ma",
    "half a body": callback(b'"half"')[:-3],
    "half a chunk": chunked(b"6\r\nha"),
}
