"""A small HTTP/1.1 server on asyncio: kept-alive connections, one write per answer, bounded.

An application is a callable `app(request, send)`; it calls `send(response)` exactly once, at once or
later from the same event loop. Requests of one connection are answered in order, one at a time.
"""

import asyncio
import json
import socket
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

HEADER_LIMIT = 32 * 1024
BODY_LIMIT = 1024 * 1024
CONNECTION_LIMIT = 200

REASONS = {
    200: "OK", 202: "Accepted", 204: "No Content", 301: "Moved Permanently", 302: "Found", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
    413: "Payload Too Large", 422: "Unprocessable Entity", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable",
}


@dataclass
class Request:
    method: str
    path: str  # decoded, without the query
    raw_query: str
    headers: dict  # names in lower case
    body: bytes
    connection: int  # the same number for all requests of one connection
    query: dict = field(default_factory=dict)
    repeated: list = field(default_factory=list)  # query names that came more than once

    def json(self):
        """The body as JSON; ValueError when it is none."""
        return json.loads(self.body.decode("utf-8"))

    def content_type(self):
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


@dataclass
class Response:
    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    content_type: str = "application/json"
    sent_bytes: int | None = None  # of the body; None: all. Less: the connection closes in the middle
    drop: bool = False  # close the connection without a word
    chunked: bool = False

    def bytes(self):
        """The whole answer as it goes over the wire."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Unknown')}"]
        headers = {"Content-Type": self.content_type} if self.body or self.status == 200 else {}
        headers.update(self.headers)
        if self.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif self.status != 204:
            headers["Content-Length"] = str(len(self.body))
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        body = self.body if self.sent_bytes is None else self.body[: self.sent_bytes]
        return head + (chunks(body) if self.chunked else body)


def chunks(body, size=1000):
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def json_response(value, status=200, **headers):
    """A JSON answer; keyword arguments are headers with `_` for `-`."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    names = {name.replace("_", "-"): content for name, content in headers.items()}
    return Response(status, text.encode("utf-8"), names)


class BadRequest(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class RequestParser:
    """Takes bytes, gives whole requests."""

    def __init__(self, connection):
        self.connection = connection
        self.buffer = bytearray()

    def take(self):
        """The next whole request, or None; BadRequest for what is not HTTP."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self.buffer) > HEADER_LIMIT:
                raise BadRequest(431, "headers too large")
            return None
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        parts = lines[0].split(" ")
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise BadRequest(400, "not an HTTP/1 request line")
        headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon:
                raise BadRequest(400, "a header without a colon")
            headers[name.strip().lower()] = value.strip()
        taken = self.body(headers, end + 4)
        if taken is None:
            return None
        body, used = taken
        del self.buffer[:used]
        return self.request(parts, headers, body)

    def body(self, headers, start):
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self.chunked_body(start)
        text = headers.get("content-length", "0")
        if not text.isdigit():
            raise BadRequest(400, "bad content length")
        length = int(text)
        if length > BODY_LIMIT:
            raise BadRequest(413, "body too large")
        if len(self.buffer) < start + length:
            return None
        return bytes(self.buffer[start : start + length]), start + length

    def chunked_body(self, at):
        body = bytearray()
        while True:
            end = self.buffer.find(b"\r\n", at)
            if end < 0:
                return None
            try:
                size = int(bytes(self.buffer[at:end]).split(b";")[0], 16)
            except ValueError as error:
                raise BadRequest(400, "bad chunk size") from error
            if size + len(body) > BODY_LIMIT:
                raise BadRequest(413, "body too large")
            if len(self.buffer) < end + 2 + size + 2:
                return None
            body += self.buffer[end + 2 : end + 2 + size]
            at = end + 2 + size + 2
            if size == 0:
                return bytes(body), at

    def request(self, parts, headers, body):
        path, _, raw_query = parts[1].partition("?")
        request = Request(parts[0], unquote(path), raw_query, headers, body, self.connection)
        for name, value in parse_qsl(raw_query, keep_blank_values=True):
            if name in request.query:
                request.repeated.append(name)
            request.query[name] = value
        return request


class Connection(asyncio.Protocol):
    def __init__(self, server):
        self.server = server
        self.parser = None
        self.transport = None
        self.busy = False
        self.closing = False

    def connection_made(self, transport):
        self.transport = transport
        if len(self.server.connections) >= CONNECTION_LIMIT:
            transport.abort()
            return
        self.server.accepted += 1
        self.parser = RequestParser(self.server.accepted)
        self.server.connections.add(self)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc):
        self.closing = True
        self.server.connections.discard(self)

    def data_received(self, data):
        if self.closing or self.parser is None:
            return
        self.parser.buffer += data
        if self.busy:
            if len(self.parser.buffer) > BODY_LIMIT + HEADER_LIMIT:
                self.transport.abort()
            return
        self.next()

    def next(self):
        try:
            request = self.parser.take()
        except BadRequest as error:
            self.closing = True
            self.transport.write(json_response({"message": str(error)}, error.status).bytes())
            self.transport.close()
            return
        if request is None:
            return
        self.busy = True
        self.server.app(request, lambda response: self.send(request, response))

    def send(self, request, response):
        self.busy = False
        if self.closing:
            return
        if response.drop:
            self.transport.abort()
            return
        last = request.headers.get("connection", "").lower() == "close" or response.sent_bytes is not None
        if last:
            self.closing = True
            response.headers["Connection"] = "close"
        self.transport.write(response.bytes())
        if last:
            self.transport.close()
        elif self.parser.buffer:
            self.server.loop.call_soon(self.next_if_idle)

    def next_if_idle(self):
        if not self.busy and not self.closing:
            self.next()


class HttpServer:
    """One listening port on 127.0.0.1."""

    def __init__(self, app):
        self.app = app
        self.connections = set()
        self.accepted = 0
        self.loop = None
        self.listener = None
        self.port = 0

    async def start(self, port=0):
        self.loop = asyncio.get_running_loop()
        self.listener = await self.loop.create_server(lambda: Connection(self), "127.0.0.1", port, backlog=256)
        self.port = self.listener.sockets[0].getsockname()[1]
        return self.port

    def close_connections(self):
        """Breaks off every connection; the port stays open."""
        for connection in list(self.connections):
            connection.transport.abort()

    def stop_listening(self):
        """As if the machine were gone: connections end, new ones are refused."""
        if self.listener:
            self.listener.close()
            self.listener = None
        self.close_connections()

    async def listen_again(self):
        if not self.listener:
            await self.start(self.port)


class Journal:
    """What was asked, in order; bounded."""

    def __init__(self, limit=200000):
        self.entries = deque(maxlen=limit)
        self.count = 0

    def add(self, entry):
        self.count += 1
        self.entries.append({"n": self.count, **entry})

    def clear(self):
        self.entries.clear()
