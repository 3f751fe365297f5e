#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Derives the SPIs and keys of tunnels from what nfipsec(8) says alone.

Reads tunnel lines, prints for each SA its tunnel, direction, SPI and key.
"""

import hashlib
import hmac
import ipaddress
import shlex
import sys

SALT = b"nf_ipsec tunnel secret 1"
PROTOCOLS = {"esp": 50, "ah": 51}
MODES = {"tunnel": 1, "transport": 2}
# octets of key and salt
KEY_LENGTHS = {
    "aes-gcm-128": 20, "aes-gcm-192": 28, "aes-gcm-256": 36,
    "chacha20-poly1305": 36, "null": 0,
    "aes-cbc-128": 16, "aes-cbc-192": 24, "aes-cbc-256": 32,
    "hmac-sha256-128": 32, "hmac-sha384-192": 48, "hmac-sha512-256": 64,
}


def hmac256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf(secret, info, length):
    """RFC 5869."""
    key = hmac256(SALT, secret)
    output = block = b""
    for counter in range(1, 256):
        if len(output) >= length:
            break
        block = hmac256(key, block + info + bytes([counter]))
        output += block
    return output[:length]


def info_of(*fields):
    """Each field behind its length."""
    return b"".join(bytes([len(field)]) + field for field in fields)


def read_secret(path):
    with open(path, encoding="ascii") as file:
        return bytes.fromhex(file.read())


def derive(words, sender, receiver, spi):
    """Returns the SPI and the key of one direction."""
    protocol = "esp" if "esp" in words else "ah"
    names = words[protocol].split("+")
    enc, auth = (names + [""])[:2] if protocol == "esp" else ("", names[0])
    secret = read_secret(words["key-file"])
    fields = [
        ipaddress.ip_address(sender).packed,
        ipaddress.ip_address(receiver).packed,
        bytes([PROTOCOLS[protocol]]),
        enc.encode(),
        auth.encode(),
        bytes([MODES[words.get("mode", "tunnel")]]),
    ]
    if spi is None:
        draws = hkdf(secret, info_of(b"spi", *fields), 32)
        numbers = (draws[i:i + 4] for i in range(0, 32, 4))
        spi = next(n for n in (int.from_bytes(w, "big") for w in numbers) if n >= 256)
    length = sum(KEY_LENGTHS[name] for name in names)
    info = info_of(b"key", *fields, spi.to_bytes(4, "big"))
    return spi, hkdf(secret, info, length)


def words_of(line):
    """A dictionary of the line's words; protect takes two values."""
    words = shlex.split(line)
    result = {"name": words[1]}
    rest = iter(words[2:])
    for word in rest:
        result[word] = next(rest)
        if word == "protect":
            next(rest)
    return result


def number(words, name):
    return int(words[name], 0) if name in words else None


def main():
    for line in sys.stdin:
        if not line.startswith("tunnel "):
            continue
        words = words_of(line)
        local, remote = words["local"], words["remote"]
        for direction, sender, receiver in (("in", remote, local),
                                            ("out", local, remote)):
            spi, key = derive(words, sender, receiver,
                              number(words, "spi-" + direction))
            print(f"{words['name']} {direction} 0x{spi:08x} {key.hex()}")


main()
