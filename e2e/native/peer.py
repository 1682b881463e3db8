#!/usr/bin/env python3
"""
A Streamlet peer in plain Python, written from PROTOCOL.md alone: it joins a share over TCP, checks and keeps every
chunk and attachment, and serves them to whoever it is connected with. For reading and for tests: it keeps all in memory.

    peer.py SHARE_LINK HOST:PORT... [--save FILE]

Connects to every address, again and again while it is not there; says on standard output what happens; ends by signal.
"""
import argparse
import contextlib
import os
import random
import signal
import socket
import struct
import threading
import time

import aes
import share as shares
from line import Line
from share import CHUNK, GROUP, GROUP_CHUNKS, Fault

PREFETCH = 0xFFFFFFFF
(WANT_DESCRIPTOR, DESCRIPTOR, WANT_ATTACHMENT, ATTACHMENT, HAVE_ALL, HAVE_MAP, HAVE, HAVE_CHUNKS, REQUEST, CANCEL, CHUNKS,
 BUSY, WANT_PROOF, PROOF, PEERS, SIGNAL, _, POSITION, PING, PONG, BYE) = range(2, 23)


class Peer:
    """What is known and held of the share. Everything below is done under `lock`; only sockets are waited for without."""

    def __init__(self, link, save):
        self.keys = shares.read_link(link)
        self.id, self.save, self.lock = os.urandom(16), save, threading.Lock()
        self.descriptor, self.links, self.is_complete = None, [], False
        self.groups = {}  # number: (bytes, form, certificate, leaves)
        self.names, self.parts = {}, {}  # (attachment, of, part): hash; hash: bytes

    def describe(self, raw):
        if self.descriptor and raw == self.descriptor.raw:
            return
        new = shares.read_descriptor(raw, self.keys)
        if not shares.supersedes(self.descriptor, new):
            return
        self.descriptor = new
        self.name_parts()
        print("described", new.revision, new.size, new.body.get("title", ""), flush=True)
        self.tell(bytes([DESCRIPTOR]) + raw)
        self.took()

    def took(self):
        """Something new is held: is it all?"""
        d, self.is_complete = self.descriptor, False
        has_groups = d.size > 0 and len(self.groups) == -(-d.size // GROUP)
        if not has_groups or any(hash_ not in self.parts for hash_ in self.names.values()):
            return
        if d.state == shares.SEALED and d.root != shares.root_of([shares.root_of(g[3]) for _, g in sorted(self.groups.items())]):
            raise Fault("what was signed is not what was sealed")
        self.is_complete = True
        if self.save:
            data = b"".join(self.groups[g][0] for g in range(len(self.groups)))
            with open(self.save, "wb") as file:
                file.write(aes.ctr(shares.from_base64url(d.body["access"]["contentKey"]), bytes(16), data))
        print("complete", d.revision, flush=True)
        self.tell(self.holdings())

    def holdings(self):
        if self.is_complete:
            return struct.pack(">BI", HAVE_ALL, self.descriptor.revision)
        bits = sum(1 << g for g in self.groups)
        return bytes([HAVE_MAP]) + bits.to_bytes(-(-self.descriptor.size // (8 * GROUP)), "little")

    def name_parts(self):
        """Hashes of all parts and lists by name; parts that a list names come once the list is here."""
        self.names = {}
        for a, (parts, hashes) in enumerate(self.descriptor.attachments):
            if parts > 8:
                self.names.update({(a, 1, k): hash_ for k, hash_ in enumerate(hashes)})
                listed = b"".join(self.parts.get(hash_, b"") for hash_ in hashes)
                hashes = [listed[k:k + 32] for k in range(0, 32 * parts, 32)] if len(listed) == 32 * parts else []
            self.names.update({(a, 0, k): hash_ for k, hash_ in enumerate(hashes)})

    def tell(self, frame):
        for link in self.links:
            link.send(frame)


class Link(Line):
    """A connected peer: what it holds, and what it was asked for. Acts under the lock of `peer`."""

    def __init__(self, peer, sock):
        super().__init__(sock)
        self.peer = peer
        self.holds_all, self.holds = False, set()  # groups of the other side
        self.asked, self.proofs, self.refused = {}, {}, {}  # group: its chunks so far, its proof, not before when
        self.asked_parts = {}  # name: hash

    def live(self):
        peer = self.peer
        print("linked", self.greet(peer.keys, peer.id), flush=True)
        with peer.lock:
            peer.links.append(self)
            self.send(bytes([DESCRIPTOR]) + peer.descriptor.raw if peer.descriptor else bytes([WANT_DESCRIPTOR]))
            if peer.descriptor and peer.descriptor.size:
                self.send(peer.holdings())
        while True:
            frame = self.read()
            with peer.lock:
                if not self.hear(frame[0], frame[1:]):
                    return
                self.ask()

    def close(self):
        with self.peer.lock:
            self.peer.links = [link for link in self.peer.links if link is not self]
        super().close()

    def hear(self, kind, body):
        """Acts on one frame; false when it was the last."""
        peer = self.peer
        if kind == DESCRIPTOR:
            peer.describe(body)
        elif kind == WANT_DESCRIPTOR and peer.descriptor:
            self.send(bytes([DESCRIPTOR]) + peer.descriptor.raw)
        elif kind == WANT_ATTACHMENT:
            self.send(bytes([ATTACHMENT]) + body + peer.parts.get(peer.names.get(struct.unpack(">BBH", body)), b""))
        elif kind == ATTACHMENT:
            self.hear_part(struct.unpack(">BBH", body[:4]), body[4:])
        elif kind == HAVE_ALL:
            self.holds_all = True
        elif kind == HAVE_MAP:
            self.holds_all, self.holds = False, {g for g in range(8 * len(body)) if body[g >> 3] >> (g & 7) & 1}
        elif kind == HAVE:
            self.holds.update(struct.unpack(">I", body))
        elif kind == REQUEST:
            self.serve(*struct.unpack(">II16s", body))
        elif kind == CHUNKS:
            self.hear_chunks(*struct.unpack(">I", body[:4]), body[4:])
        elif kind == BUSY:
            group, _ = struct.unpack(">I16s", body)
            self.asked.pop(group, None)
            self.refused[group] = time.monotonic() + 1  # any frame after that, a ping if no other, asks again
        elif kind == WANT_PROOF:
            self.serve_proof(*struct.unpack(">I", body))
        elif kind == PROOF:
            self.hear_proof(*struct.unpack(">IBH", body[:7]), body[7:])
        elif kind == PING:
            self.send(bytes([PONG]) + body)
        elif kind == BYE:
            return False
        elif kind not in (HAVE_CHUNKS, CANCEL, PEERS, SIGNAL, POSITION, PONG, WANT_DESCRIPTOR):
            raise Fault("a frame of type %d" % kind)
        return True

    def ask(self):
        """Two groups at a time and sixteen parts, of whoever holds them; another link's are left to it."""
        peer = self.peer
        if self.holds_all and len(self.asked_parts) < 16:
            for name, hash_ in peer.names.items():
                if hash_ not in peer.parts and name not in self.asked_parts and len(self.asked_parts) < 16:
                    self.asked_parts[name] = hash_
                    self.send(struct.pack(">BBBH", WANT_ATTACHMENT, *name))
        size, now = peer.descriptor.size if peer.descriptor else 0, time.monotonic()
        taken = set(peer.groups).union(*(link.asked for link in peer.links))
        free = [g for g in range(-(-size // GROUP)) if g not in taken and (self.holds_all or g in self.holds)]
        for group in random.sample(free, min(len(free), 2 - len(self.asked))):
            if self.refused.get(group, 0) <= now:
                self.asked[group] = {}
                count = min(GROUP_CHUNKS, -(-size // CHUNK) - group * GROUP_CHUNKS)
                self.send(struct.pack(">BI", WANT_PROOF, group))
                chunks = ((1 << count) - 1).to_bytes(16, "little")
                self.send(struct.pack(">BII16s", REQUEST, group, PREFETCH, chunks))

    def hear_part(self, name, data):
        hash_ = self.asked_parts.pop(name, None)
        if hash_ and data:
            if shares.sha(data) != hash_:
                raise Fault("a part that was not hashed")
            self.peer.parts[hash_] = data
            self.peer.name_parts()
            self.peer.took()

    def hear_proof(self, group, form, length, rest):
        if group in self.asked:
            leaves = [rest[k:k + 32] for k in range(length, len(rest), 32)]
            shares.check_proof(self.peer.descriptor, self.peer.keys.share, group, form, rest[:length], leaves)
            self.proofs[group] = (form, rest[:length], leaves)

    def hear_chunks(self, first, data):
        group, k = divmod(first, GROUP_CHUNKS)
        if group not in self.asked or group not in self.proofs:
            return  # it crossed a `busy`
        form, certificate, leaves = self.proofs[group]
        for k, at in enumerate(range(0, len(data), CHUNK), k):
            if shares.sha(b"\0", data[at:at + CHUNK]) != leaves[k]:
                raise Fault("a chunk that was not certified")
            self.asked[group][k] = data[at:at + CHUNK]
        if len(self.asked[group]) == len(leaves):
            chunks = self.asked.pop(group)
            del self.proofs[group]
            self.peer.groups[group] = (b"".join(chunks[k] for k in range(len(leaves))), form, certificate, leaves)
            self.peer.tell(struct.pack(">BI", HAVE, group))
            self.peer.took()

    def serve_proof(self, group):
        if group in self.peer.groups:
            _, form, certificate, leaves = self.peer.groups[group]
            self.send(struct.pack(">BIBH", PROOF, group, form, len(certificate)) + certificate + b"".join(leaves))

    def serve(self, group, _due, wanted):
        """Chunks of a group that is here, neighbours together; busy for others and for who asks too much."""
        if group not in self.peer.groups or self.out.qsize() > 256:
            return self.send(struct.pack(">BI", BUSY, group) + wanted)
        data, run = self.peer.groups[group][0], []
        for k in range(GROUP_CHUNKS + 1):
            is_wanted = k < GROUP_CHUNKS and wanted[k >> 3] >> (k & 7) & 1
            if run and (not is_wanted or len(run) == 8):
                run_bytes = data[run[0] * CHUNK:(run[-1] + 1) * CHUNK]
                self.send(struct.pack(">BI", CHUNKS, group * GROUP_CHUNKS + run[0]) + run_bytes)
                run = []
            run += [k] if is_wanted else []


def keep_connected(peer, address):
    while True:
        try:
            link = Link(peer, socket.create_connection(address, timeout=4))
            with contextlib.closing(link):
                link.live()
        except (OSError, Fault, struct.error, IndexError, ValueError) as trouble:
            print("ended", "%s:%d" % address, trouble, flush=True)
        time.sleep(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.strip().split("\n\n")[0])
    parser.add_argument("link")
    parser.add_argument("addresses", nargs="+", metavar="HOST:PORT")
    parser.add_argument("--save", metavar="FILE")
    options = parser.parse_args()
    peer = Peer(options.link, options.save)
    for address in options.addresses:
        host, port = address.rsplit(":", 1)
        threading.Thread(target=keep_connected, args=(peer, (host, int(port))), daemon=True).start()
    signal.pause()


if __name__ == "__main__":
    main()
