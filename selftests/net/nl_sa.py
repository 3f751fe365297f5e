#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What an SA is that says little, and which keys the settings refuse."""

import errno
import os
import struct
import sys

from nl_genl import CREATE, N, REPLACE, SA_NAMES, Nl, attrs_of, fields, named, sa, sa_id, u8, u16, u32
from nl_objects import begin, commit, flush, in_, ktap, nl, number, spis, text

INVAL = errno.EINVAL
NO_COUNTER, NO_STATIC = N["SETTING_NO_STATIC_COUNTER"], N["SETTING_NO_STATIC_KEYS"]
EXCHANGED = {"FLAGS": u32(N["SA_F_EXCHANGED"])}
HMAC, AH = {"AUTH": u16(N["ALG_HMAC_SHA256_128"])}, {"PROTO": u8(51)}
GMAC = u16(N["ALG_AES_GMAC_128"])


def enc(name, octets, **more):
    return {"ENC": u16(N["ALG_" + name]), "KEY": os.urandom(octets), **more}


# RFC 8221 section 3 names them: a nonce that comes again breaks them
COUNTER = {
    "GCM": enc("AES_GCM_128", 20), "GCM, short ICV": enc("AES_GCM_256_64", 36),
    "GCM, implicit IV": enc("AES_GCM_128_IIV", 20), "CCM": enc("AES_CCM_128", 19),
    "CTR": enc("AES_CTR_128", 52, **HMAC), "ChaCha20": enc("CHACHA20_POLY1305", 36),
    "GMAC": enc("AES_GMAC_128", 20),
    "GMAC of AH": {**AH, "ENC": None, "AUTH": GMAC, "KEY": os.urandom(20)},
}
OTHERS = {
    "CBC": enc("AES_CBC_128", 48, **HMAC), "NULL": enc("NULL", 32, **HMAC),
    "HMAC of AH": {**AH, **HMAC, "ENC": None, "KEY": os.urandom(32)},
}
GCM, CBC = COUNTER["GCM"], OTHERS["CBC"]


def keys(value, sock=nl):
    """Which static keys are refused."""
    mask = NO_COUNTER | NO_STATIC
    sock.ok("SETTINGS_SET", named("SETTINGS_A_", {"FLAGS": struct.pack("=II", value, mask)}))


def case(name):
    """A case that begins and ends with nothing there."""
    def register(function):
        def clean():
            try:
                function()
            finally:
                nl.do("TXN_ABORT")
                flush()
                keys(0)
        ktap.case(name)(clean)
        return function
    return register


def new(change, spi=0x1000, flags=0):
    return nl.do("SA_NEW", in_(spi, **change), flags)


def taken(change, **more):
    answer = new(change, **more)
    assert answer.errno == 0, answer


def refused(change, at="KEY", word="exchanged", **more):
    """By name, the attribute at fault too, and nothing has changed."""
    before = nl.state()
    answer = new(change, **more)
    assert answer.errno == INVAL and word in answer.message, answer
    where = {20 + offset: SA_NAMES[kind] for offset, kind, _ in attrs_of(answer.echoed[20:])}
    assert where.get(answer.bad_offset) == at, (answer, where)
    assert nl.state() == before


def flags_of():
    return [number(o["FLAGS"]) for o in nl.dump("SA")[0]]


@case("a window that nobody has named is one of 1024")
def window():
    taken({})
    assert [number(o["REPLAY_WINDOW"]) for o in nl.dump("SA")[0]] == [1024]


@case("static keys: allowed where nothing has been set")
def allowed():
    for spi, change in enumerate((*COUNTER.values(), *OTHERS.values()), 0x1000):
        taken(change, spi=spi)
    assert len(spis()) == len(COUNTER) + len(OTHERS)
    assert not any(flags_of())


for what, counter in COUNTER.items():
    @case(f"static keys: no-counter refuses {what}")
    def refuses(change=counter):
        keys(NO_COUNTER)
        refused(change, word="no-counter")
        taken({**change, **EXCHANGED})
        assert flags_of() == [N["SA_F_EXCHANGED"]]


@case("static keys: no-counter takes the others")
def others():
    keys(NO_COUNTER)
    for spi, change in enumerate(OTHERS.values(), 0x1000):
        taken(change, spi=spi)


@case("static keys: refuse takes none")
def none():
    keys(NO_STATIC)
    for spi, change in enumerate((*COUNTER.values(), *OTHERS.values()), 0x1000):
        refused(change, spi=spi)
        taken({**change, **EXCHANGED}, spi=spi)
    keys(NO_STATIC | NO_COUNTER)
    refused(GCM, spi=0x2000)
    refused(CBC, spi=0x2000)


@case("static keys: what runs stays, and its replacement is judged")
def running():
    taken(GCM)
    print_ = fields("SA", nl.ok("SA_GET", sa_id()).objects[0][1])["FINGERPRINT"]
    keys(NO_COUNTER)
    assert spis() == [0x1000]
    refused(GCM, flags=CREATE | REPLACE)
    refused({**GCM, "KEY": None, "FINGERPRINT": print_}, at="FINGERPRINT", flags=CREATE | REPLACE)
    # who does not bring the key knows no better where it is from
    refused({**GCM, "KEY": None, "FINGERPRINT": print_, **EXCHANGED}, at="FINGERPRINT",
            flags=CREATE | REPLACE)
    taken({**GCM, **EXCHANGED}, flags=CREATE | REPLACE)
    assert flags_of() == [N["SA_F_EXCHANGED"]]
    taken({**GCM, "KEY": None, "FINGERPRINT": print_}, flags=CREATE | REPLACE)
    assert flags_of() == [N["SA_F_EXCHANGED"]]
    keys(0)
    taken(GCM, flags=CREATE | REPLACE)
    assert not any(flags_of())
    keys(NO_STATIC)
    nl.ok("SA_DEL", sa_id())
    assert not spis()


@case("static keys: a transaction is judged by its own settings")
def transaction():
    begin(nl)
    keys(NO_COUNTER)
    refused(GCM)
    commit(nl, errno.ECANCELED)
    taken(GCM)
    nl.ok("SA_FLUSH")
    begin(nl)
    keys(NO_STATIC)
    keys(0)
    taken(GCM)
    taken(CBC, spi=0x1001)
    commit(nl)
    assert spis() == [0x1000, 0x1001]
    begin(nl)
    keys(NO_STATIC)
    nl.ok("TXN_ABORT")
    taken(GCM, spi=0x1002)


@case("static keys: what replaces all begins without settings, within a tunnel with them")
def replaces():
    keys(NO_STATIC)
    begin(nl, REPLACE_ALL=b"", TUNNEL=text("t"))
    refused(GCM)
    nl.ok("TXN_ABORT")
    begin(nl, REPLACE_ALL=b"")
    taken(GCM)
    commit(nl)
    assert spis() == [0x1000]
    taken(GCM, spi=0x1001)


@case("static keys: settings that change before the commit count")
def meanwhile():
    other = Nl()
    begin(other)
    other.ok("SA_NEW", sa(**GCM))
    keys(NO_COUNTER)
    commit(other, INVAL, "no-counter")
    assert not spis()
    begin(other)
    answer = other.do("SA_NEW", sa(**GCM))
    assert answer.errno == INVAL, answer
    other.close()


sys.exit(ktap.run())
