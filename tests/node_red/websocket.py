"""As much of a WebSocket client (RFC 6455) as reading text from this machine takes."""

import base64
import json
import os
import socket
import struct

TEXT, CLOSE = 1, 8


class WebSocket:
    """An open connection to ws://127.0.0.1:PORT/PATH."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.stream = self.socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        status = self.stream.readline()
        if b" 101 " not in status:
            raise AssertionError(f"no WebSocket: {status.decode(errors='replace')}")
        while self.stream.readline().strip():
            pass
        self.socket.settimeout(None)

    def exactly(self, size):
        data = self.stream.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def frame(self):
        """The next frame: whether it is the last of its message, its kind, its content."""
        first, second = self.exactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", self.exactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self.exactly(8))
        return bool(first & 0x80), first & 0x0F, self.exactly(size)

    def documents(self):
        """Every text message, as JSON, until the connection ends."""
        text = b""
        try:
            while True:
                is_last, kind, content = self.frame()
                if kind == CLOSE:
                    return
                if kind <= TEXT:  # or its continuation
                    text += content
                if kind <= TEXT and is_last:
                    yield json.loads(text)
                    text = b""
        except (EOFError, OSError, ValueError):
            return

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
