# SPDX-License-Identifier: GPL-2.0-only
"""The algorithms of ESP and AH, for the other end of a tunnel.

Written from the RFCs alone and not from the module's table, so that the two can
disagree. An Alg has lengths in octets and one of

	aead(sa)	seal(nonce, plain, aad) and open(nonce, body, aad)
	cipher(sa, iv)	encrypt(plain) and decrypt(data)
	mac(key, data)	the whole ICV
	gmac(key, nonce, data)	the ICV of AH
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.cmac import CMAC


@dataclass(frozen=True)
class Alg:
    """Lengths in octets."""
    key: int
    icv: int = 0
    salt: int = 0
    iv: int = 0
    block: int = 1
    aead: object = None
    cipher: object = None
    mac: object = None
    gmac: object = None
    # RFC 8750: the number is the IV
    implicit: bool = False


# --- encryption with integrity ---

class Gcm:
    """RFC 4106: an ICV may be cut."""

    def __init__(self, sa):
        self.key, self.icv = sa.enc_key, sa.enc.icv

    def seal(self, nonce, plain, aad):
        gcm = Cipher(algorithms.AES(self.key), modes.GCM(nonce)).encryptor()
        gcm.authenticate_additional_data(aad)
        return gcm.update(plain) + gcm.finalize() + gcm.tag[:self.icv]

    def open(self, nonce, body, aad):
        tag = body[-self.icv:]
        gcm = Cipher(algorithms.AES(self.key),
                     modes.GCM(nonce, tag, min_tag_length=self.icv)).decryptor()
        gcm.authenticate_additional_data(aad)
        try:
            return gcm.update(body[:-self.icv]) + gcm.finalize()
        except InvalidTag:
            return None


class Gmac(Gcm):
    """RFC 4543: all is additional data, the IV among it, and nothing encrypted."""

    def seal(self, nonce, plain, aad):
        return plain + super().seal(nonce, b"", aad + nonce[4:] + plain)

    def open(self, nonce, body, aad):
        plain = body[:-self.icv]
        whole = super().open(nonce, body[-self.icv:], aad + nonce[4:] + plain)
        return None if whole is None else plain


def aes_gmac(key, nonce, data):
    """The tag of nothing, with data beside it."""
    gcm = Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
    gcm.authenticate_additional_data(data)
    gcm.finalize()
    return gcm.tag


class Ready:
    """An AEAD of the library."""

    def __init__(self, aead):
        self.aead = aead

    def seal(self, nonce, plain, aad):
        return self.aead.encrypt(nonce, plain, aad)

    def open(self, nonce, body, aad):
        try:
            return self.aead.decrypt(nonce, body, aad)
        except InvalidTag:
            return None


# --- encryption ---

class Plain:
    """RFC 2410."""

    def __init__(self, sa, iv):
        pass

    def encrypt(self, data):
        return data

    decrypt = encrypt


class Block:
    """A block cipher in some mode."""

    def __init__(self, algorithm, mode):
        self.cipher = Cipher(algorithm, mode)

    def encrypt(self, data):
        c = self.cipher.encryptor()
        return c.update(data) + c.finalize()

    def decrypt(self, data):
        c = self.cipher.decryptor()
        return c.update(data) + c.finalize()


def aes_cbc(sa, iv):
    return Block(algorithms.AES(sa.enc_key), modes.CBC(iv))


def aes_ctr(sa, iv):
    """RFC 3686: nonce, IV, a counter of blocks that begins with 1."""
    return Block(algorithms.AES(sa.enc_key), modes.CTR(sa.salt + iv + bytes([0, 0, 0, 1])))


def des3_cbc(sa, iv):
    return Block(algorithms.TripleDES(sa.enc_key), modes.CBC(iv))


# --- integrity ---

def hmac_of(digest):
    return lambda key, data: hmac.new(key, data, digest).digest()


def cmac(key, data):
    """RFC 4494."""
    mac = CMAC(algorithms.AES(key))
    mac.update(data)
    return mac.finalize()


def xcbc(key, data):
    """RFC 3566."""
    def aes(k, block):
        c = Cipher(algorithms.AES(k), modes.ECB()).encryptor()
        return c.update(block) + c.finalize()

    def xor(a, b):
        return bytes(x ^ y for x, y in zip(a, b))

    keys = [aes(key, bytes([n] * 16)) for n in (1, 2, 3)]
    at = max(0, (len(data) - 1) // 16 * 16)
    last, key_of_last = data[at:], keys[1]
    if len(last) < 16:
        last, key_of_last = (last + b"\x80").ljust(16, b"\0"), keys[2]
    e = bytes(16)
    for i in range(0, at, 16):
        e = aes(keys[0], xor(e, data[i:i + 16]))
    return aes(keys[0], xor(xor(e, last), key_of_last))


ALGS = {
    "chacha20-poly1305-iiv": Alg(32, 16, 4, implicit=True,
                                 aead=lambda sa: Ready(ChaCha20Poly1305(sa.enc_key))),
    "chacha20-poly1305": Alg(32, 16, 4, 8, aead=lambda sa: Ready(ChaCha20Poly1305(sa.enc_key))),
    "null": Alg(0, cipher=Plain),
    "legacy-3des-cbc": Alg(24, iv=8, block=8, cipher=des3_cbc),
    "hmac-sha1-96": Alg(20, 12, mac=hmac_of(hashlib.sha1)),
    "hmac-sha256-128": Alg(32, 16, mac=hmac_of(hashlib.sha256)),
    "hmac-sha384-192": Alg(48, 24, mac=hmac_of(hashlib.sha384)),
    "hmac-sha512-256": Alg(64, 32, mac=hmac_of(hashlib.sha512)),
    "aes-xcbc-96": Alg(16, 12, mac=xcbc),
    "aes-cmac-96": Alg(16, 12, mac=cmac),
}
for size in (16, 24, 32):
    BITS = size * 8
    ALGS[f"aes-gmac-{BITS}"] = Alg(size, 16, 4, 8, aead=Gmac, gmac=aes_gmac)
    ALGS[f"aes-gcm-{BITS}-iiv"] = Alg(size, 16, 4, implicit=True, aead=Gcm)
    ALGS[f"aes-ccm-{BITS}-64-iiv"] = Alg(
        size, 8, 3, implicit=True, aead=lambda sa: Ready(AESCCM(sa.enc_key, tag_length=8)))
    ALGS[f"aes-cbc-{BITS}"] = Alg(size, iv=16, block=16, cipher=aes_cbc)
    ALGS[f"aes-ctr-{BITS}"] = Alg(size, salt=4, iv=8, cipher=aes_ctr)
    for icv, cut in (16, ""), (12, "-96"), (8, "-64"):
        ALGS[f"aes-gcm-{BITS}{cut}"] = Alg(size, icv, 4, 8, aead=Gcm)
        ALGS[f"aes-ccm-{BITS}{cut}"] = Alg(
            size, icv, 3, 8, aead=lambda sa: Ready(AESCCM(sa.enc_key, tag_length=sa.enc.icv)))
