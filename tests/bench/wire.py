"""A bare MQTT 3.1.1 client: writes ready-made packets and counts what comes, with the time of its arrival.

The system tests' client keeps every message, which costs more than what is measured here.
"""

import socket
import struct
import threading
import time
from dataclasses import dataclass

PUBLISH = 3
CONNECT = b"\x00\x04MQTT\x04\x02\x00\x00"  # clean session, no keep-alive
QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)


def packet(first, body):
    """A packet: its first byte, its length, its body."""
    length, head = len(body), bytearray([first])
    while True:
        head.append(length % 128 | (128 if length > 127 else 0))
        length //= 128
        if not length:
            return bytes(head) + body


def text(value):
    raw = value.encode()
    return struct.pack("!H", len(raw)) + raw


def publication(topic, payload, retain=False):
    """A message with QoS 0, as it goes over the wire."""
    return packet(PUBLISH << 4 | int(retain), text(topic) + payload)


@dataclass
class Tally:
    """What came of one kind; times are those of CLOCK_MONOTONIC, in seconds."""

    count: int = 0
    size: int = 0  # bytes of payload
    first: float = 0.0
    last: float = 0.0


class Wire:
    """`kind(topic)` sorts what comes, topics being bytes."""

    def __init__(self, port, filters=(), kind=lambda topic: "message"):
        self.kind = kind
        self.tallies = {}
        self.news = threading.Condition()
        self.buffer = bytearray()
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(packet(0x10, CONNECT + text("")))
        self.expect(4)
        if filters:
            body = struct.pack("!H", 1) + b"".join(text(each) + b"\x00" for each in filters)
            self.socket.sendall(packet(0x82, body))
            self.expect(4 + len(filters))
        self.socket.settimeout(None)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def expect(self, size):
        """The broker's answer to the connection or the subscription."""
        answer = b""
        while len(answer) < size:
            part = self.socket.recv(size - len(answer))
            if not part:
                raise AssertionError("the broker closed the connection")
            answer += part

    def read(self):
        while True:
            try:
                if QUICK_ACK is not None:  # else the broker waits up to 40 ms for an acknowledgement
                    self.socket.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
                data = self.socket.recv(1 << 18)
            except OSError:
                return
            if not data:
                return
            now = time.monotonic()
            self.buffer += data
            with self.news:
                self.count(now)
                self.news.notify_all()

    def count(self, now):
        """Takes the whole packets out of the buffer."""
        buffer, at, size = self.buffer, 0, len(self.buffer)
        while at + 2 <= size:
            length, body = buffer[at + 1], at + 2
            if length > 127:
                length, shift, byte = 0, 0, 128
                body = at + 1
                while byte > 127 and body < size:
                    byte = buffer[body]
                    length |= (byte & 127) << shift
                    shift, body = shift + 7, body + 1
                if byte > 127:
                    break
            if body + length > size:
                break
            if buffer[at] >> 4 == PUBLISH:
                begin = body + 2 + (buffer[body] << 8 | buffer[body + 1])
                self.note(bytes(buffer[body + 2:begin]), body + length - begin, now)
            at = body + length
        del buffer[:at]

    def note(self, topic, size, now):
        kind = self.kind(topic)
        tally = self.tallies.get(kind)
        if tally is None:
            tally = self.tallies[kind] = Tally(first=now)
        elif not tally.count:
            tally.first = now
        tally.count += 1
        tally.size += size
        tally.last = now

    def clear(self):
        """Counts from zero."""
        with self.news:
            self.tallies.clear()

    def tally(self, kind):
        with self.news:
            return Tally(**vars(self.tallies.get(kind, Tally())))

    def wait(self, kind, count, seconds=60, guard=lambda: None):
        """Waits until so many of a kind have come; their tally. `guard` raises when waiting is pointless."""
        deadline = time.monotonic() + seconds
        with self.news:
            while self.tallies.get(kind, Tally()).count < count:
                guard()
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"after {seconds} s only {self.tallies.get(kind)} of {count} {kind}")
                self.news.wait(min(left, 0.5))
        return self.tally(kind)

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.reader.join(5)
        self.socket.close()
