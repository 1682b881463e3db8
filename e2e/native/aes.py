"""AES-256 by the `openssl` command: CTR, and GCM, which `openssl enc` lacks, as CTR with GHASH on top (SP 800-38D)."""
import hmac
import os
import subprocess


def ctr(key, counter_block, data):
    """Encrypts or decrypts. The key shows in the list of processes: fine for a reference, not for a product."""
    command = [os.environ.get("OPENSSL", "openssl"), "enc", "-aes-256-ctr", "-K", key.hex(), "-iv", counter_block.hex()]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def ghash(h, data):
    """GHASH of whole blocks: polynomials over GF(2^128), the first bit the lowest power."""
    h, y = int.from_bytes(h, "big"), 0
    for at in range(0, len(data), 16):
        x, v, y = y ^ int.from_bytes(data[at:at + 16], "big"), h, 0
        for bit in range(127, -1, -1):
            if x >> bit & 1:
                y ^= v
            v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
    return y.to_bytes(16, "big")


def open_sealed(key, associated, sealed):
    """The plain text of nonce ‖ ciphertext ‖ tag; None when the tag does not fit."""
    nonce, ciphertext, tag = sealed[:12], sealed[12:-16], sealed[-16:]
    h = ctr(key, bytes(16), bytes(16))
    padded = b"".join(part + bytes(-len(part) % 16) for part in (associated, ciphertext))
    lengths = (8 * len(associated)).to_bytes(8, "big") + (8 * len(ciphertext)).to_bytes(8, "big")
    expected = ctr(key, nonce + b"\0\0\0\1", ghash(h, padded + lengths))
    return ctr(key, nonce + b"\0\0\0\2", ciphertext) if hmac.compare_digest(expected, tag) else None
