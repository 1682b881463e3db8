"""What a share consists of and how each piece is checked: keys, hello, tree, descriptor. PROTOCOL.md §4 and §5."""
import base64
import hashlib
import hmac
import json
import struct
from collections import namedtuple

import aes
import ed25519

CHUNK, GROUP_CHUNKS = 8192, 128
GROUP = CHUNK * GROUP_CHUNKS
SEALED, REVOKED = 1, 2

Descriptor = namedtuple("Descriptor", "raw revision state size root key attachments body")
Keys = namedtuple("Keys", "share descriptor attachment auth")


class Fault(Exception):
    """The other side broke a rule, or sent what does not hold."""


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_link(link):
    """The share's id and the keys that the link's fragment gives."""
    url, _, fragment = link.partition("#")
    key = from_base64url(fragment.split("&")[0])
    secret = hmac.digest(bytes(32), key, "sha256")  # HKDF (RFC 5869) with an empty salt, one block a purpose
    derive = lambda purpose: hmac.digest(secret, b"streamlet %s v1\1" % purpose, "sha256")
    share = from_base64url(url.rsplit("/", 1)[1])
    return Keys(share, derive(b"descriptor"), derive(b"attachment"), derive(b"auth"))


def hello_mac(keys, sender, receiver, sender_nonce, receiver_nonce, frame):
    ends = sender + receiver + sender_nonce + receiver_nonce
    return hmac.digest(keys.auth, b"streamlet hello v1" + keys.share + ends + frame, "sha256")


def root_of(nodes):
    """The root over leaf hashes or group roots: pairs, level by level; an odd one goes up as it is (RFC 9162 §2.1)."""
    while len(nodes) > 1:
        pairs = [nodes[k:k + 2] for k in range(0, len(nodes), 2)]
        nodes = [sha(b"\1", *pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return nodes[0]


def root_by_path(index, count, node, path):
    """The root that an audit path leads to, or None for a path of another length (RFC 9162 §2.1.3.2)."""
    last = count - 1
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = sha(b"\1", sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha(b"\1", node, sibling)
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def check_proof(descriptor, share, group, form, certificate, leaves):
    """Ends the link unless the leaf hashes of a group are tied to the share."""
    count = min(GROUP_CHUNKS, -(-descriptor.size // CHUNK) - group * GROUP_CHUNKS)
    if len(leaves) != count:
        raise Fault("a proof of another number of leaves")
    root = root_of(leaves)
    if form == 1:
        path = [certificate[k:k + 32] for k in range(0, len(certificate), 32)]
        good = descriptor.state == SEALED and root_by_path(group, -(-descriptor.size // GROUP), root, path) == descriptor.root
    else:
        signed = b"streamlet group v1" + share + struct.pack(">II", group, count) + root
        good = ed25519.verify(descriptor.key, signed, certificate)
    if not good:
        raise Fault("a proof that does not hold")


def read_descriptor(raw, keys):
    """Checks a descriptor and opens its body. `attachments`: for each, how many parts, and its hashes."""
    version, revision, state, size, root, key, count = struct.unpack_from(">BIBQ32s32sB", raw)
    if version != 1 or sha(key)[:16] != keys.share:
        raise Fault("a descriptor of another share")
    if not ed25519.verify(key, b"streamlet descriptor v1" + raw[:-64], raw[-64:]):
        raise Fault("a forged descriptor")
    at, attachments = 79, []
    for _ in range(count):
        parts, = struct.unpack_from(">H", raw, at + 9)
        hashes = parts if parts <= 8 else -(-parts // 512)
        attachments.append((parts, [raw[k:k + 32] for k in range(at + 11, at + 11 + 32 * hashes, 32)]))
        at += 11 + 32 * hashes
    length, = struct.unpack_from(">H", raw, at)
    sealed = raw[at + 2:-64]
    if len(sealed) != length:
        raise Fault("a malformed descriptor")
    body = aes.open_sealed(keys.descriptor, keys.share + b"descriptor" + struct.pack(">I", revision), sealed) if length else b"{}"
    if body is None:
        raise Fault("a descriptor that this link does not open")
    return Descriptor(raw, revision, state, size, root, key, attachments, json.loads(body))


def supersedes(old, new):
    """Whether a descriptor takes the place of another: a later one that does not contradict it."""
    if old is None:
        return True
    same_size = old.size in (0, new.size) or new.state == REVOKED
    same_root = old.state != SEALED or new.state == REVOKED or (new.state, new.root) == (old.state, old.root)
    return new.revision > old.revision and old.state != REVOKED and same_size and same_root
