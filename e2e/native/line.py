"""A line to another peer: frames behind their length on a TCP socket, and who is at the other end. PROTOCOL.md §2."""
import hmac
import os
import queue
import struct
import threading

import share as shares
from share import Fault

MAX_FRAME = 65_600
HELLO, PING = 1, 20


class Line:
    """Whoever has it reads; a thread of its own writes what waits in `out`, so that nobody waits for a slow reader."""

    def __init__(self, sock):
        self.sock, self.out, self.buffer, self.is_greeted = sock, queue.Queue(), bytearray(), False
        sock.settimeout(4)
        threading.Thread(target=self.write, daemon=True).start()

    def send(self, frame):
        self.out.put(frame)

    def write(self):
        for frame in iter(self.out.get, None):
            try:
                self.sock.sendall(struct.pack(">I", len(frame)) + frame)
            except OSError:
                return  # whoever reads notices

    def read(self):
        length, = struct.unpack(">I", self.exactly(4))
        if not 0 < length <= MAX_FRAME:
            raise Fault("a frame of %d bytes" % length)
        return self.exactly(length)

    def exactly(self, count):
        quiet = 0
        while len(self.buffer) < count:
            try:
                more = self.sock.recv(65536)
                if not more:
                    raise Fault("it went away")
                self.buffer += more
                quiet = 0
            except TimeoutError:  # every 4 s
                quiet += 1
                if quiet == 3 or not self.is_greeted:
                    raise Fault("silence") from None
                self.send(struct.pack(">BI", PING, 0))
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    def greet(self, keys, us):
        """Opening and hello, ours and theirs: we connected, so we speak first. The other side's name."""
        nonce = os.urandom(32)
        self.send(b"\0" + keys.share + us + nonce)
        opening = self.read()
        them, their_nonce = opening[17:33], opening[33:]
        if len(opening) != 65 or opening[:17] != b"\0" + keys.share or them == us:
            raise Fault("no opening of this share")
        hello = struct.pack(">BB16sIB6s", HELLO, 1, us, 0, 6, b"Python")
        self.send(hello + shares.hello_mac(keys, us, them, nonce, their_nonce, hello))
        said = self.read()
        mac = shares.hello_mac(keys, them, us, their_nonce, nonce, said[:-32])
        if said[:18] != bytes([HELLO, 1]) + them or not hmac.compare_digest(said[-32:], mac):
            raise Fault("no hello of this share")
        self.is_greeted = True
        return said[23:-32].decode()

    def close(self):
        self.out.put(None)
        self.sock.close()
