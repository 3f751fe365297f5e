# SPDX-License-Identifier: GPL-2.0-only
"""Talks to the module in raw generic netlink, for messages that a well-behaved
program would never send, and counts results in KTAP."""

import os
import pathlib
import re
import select
import socket
import struct
import traceback

TREE = pathlib.Path(__file__).resolve().parents[2]
HEADER = TREE / "include/uapi/linux/nf_ipsec.h"

NETLINK_GENERIC = 16
SOL_NETLINK = 270
ADD_MEMBERSHIP, CAP_ACK, EXT_ACK = 1, 10, 11
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL = 16
NLA_F_NESTED = 0x8000
NLA_TYPE = 0x3FFF

REQUEST, MULTI, ACK, ECHO, DUMP_INTR = 1, 2, 4, 8, 0x10
CAPPED, ACK_TLVS = 0x100, 0x200
DUMP = 0x300
REPLACE, EXCL, CREATE = 0x100, 0x200, 0x400


def read_numbers():
    """The enums of the UAPI header, without the prefix NF_IPSEC_."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    numbers = {}
    for body in re.findall(r"\benum\s+\w+\s*\{(.*?)\}", text, flags=re.S):
        value = -1
        for name, shift, given in re.findall(
                r"(\w+)(?:\s*=\s*(1\s*<<\s*)?(\d+))?\s*(?:,|$)", body.strip()):
            value = value + 1 if not given else \
                1 << int(given) if shift else int(given)
            numbers[name.removeprefix("NF_IPSEC_")] = value
    return numbers


N = read_numbers()


def names(prefix):
    """The names of an enum by number."""
    return {value: name.removeprefix(prefix) for name, value in N.items()
            if name.startswith(prefix)}


OPERATIONS = {N[f"CMD_{kind}_{verb}"] for kind in ("SA", "POLICY")
              for verb in ("NEW", "DEL", "FLUSH")} | {N["CMD_SETTINGS_SET"]}
SA_NAMES, SEL_NAMES = names("SA_A_"), names("SEL_A_")
SP_NAMES, CMD_NAMES = names("POLICY_A_"), names("CMD_")
NAMES = {"SA": SA_NAMES, "POLICY": SP_NAMES,
         "STATS": names("STATS_A_"), "TXN": names("TXN_A_"),
         "DROP": names("DROP_A_"), "SETTINGS": names("SETTINGS_A_"),
         "KEY": names("KEY_A_")}


def attr(kind, data=b""):
    """One attribute, with its padding."""
    head = struct.pack("=HH", 4 + len(data), kind)
    return head + data + bytes(-len(data) % 4)


def u8(value):
    return struct.pack("=B", value)


def u16(value):
    return struct.pack("=H", value)


def u32(value):
    return struct.pack("=I", value)


def u64(value):
    return struct.pack("=Q", value)


def be32(value):
    return struct.pack("!I", value)


def addr(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def text(value):
    return value.encode() + b"\0"


def attrs_of(data):
    """Yields (offset, type, payload) of the attributes in @data."""
    offset = 0
    while offset + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, offset)
        if length < 4:
            return
        yield offset, kind & NLA_TYPE, data[offset + 4:offset + length]
        offset += (length + 3) & ~3


def named(prefix, fields):
    """{NAME: payload} as attributes; None leaves one out."""
    return b"".join(
        attr(N[prefix + name] | (NLA_F_NESTED if name in ("SEL", "LIFE", "GUARD") else 0), data)
        for name, data in fields.items() if data is not None)


def sel(src, dst, **more):
    """A selector: prefixes "10.0.0.0/8", and what else it has."""
    fields = {}
    for name, prefix in (("SRC", src), ("DST", dst)):
        address, _, plen = prefix.partition("/")
        fields[name] = addr(address)
        if plen:
            fields[name + "_PLEN"] = u8(int(plen))
    fields.update(more)
    return named("SEL_A_", fields)


SA = {
    "TUNNEL": text("t"), "DIR": u8(1), "PROTO": u8(50), "MODE": u8(1),
    "SPI": be32(0x1000), "LOCAL": addr("192.0.2.1"),
    "REMOTE": addr("192.0.2.2"), "ENC": u16(N["ALG_AES_GCM_128"]),
    "KEY": bytes(range(20)),
}
SP = {
    "DIR": u8(2), "PRIORITY": u32(100), "ACTION": u8(N["ACTION_PROTECT"]),
    "TUNNEL": text("t"), "SEL": sel("10.1.0.0/16", "10.2.0.0/16"),
}


def sa(**changes):
    # no key is for both directions
    if changes.get("DIR") == u8(2):
        changes = {"KEY": bytes(range(20, 40)), **changes}
    return named("SA_A_", {**SA, **changes})


def sa_id(**changes):
    fields = {key: SA[key] for key in ("DIR", "PROTO", "SPI", "LOCAL")}
    return named("SA_A_", {**fields, **changes})


def sp(**changes):
    return named("POLICY_A_", {**SP, **changes})


def sp_id(**changes):
    fields = {key: SP[key] for key in ("DIR", "PRIORITY", "SEL")}
    return named("POLICY_A_", {**fields, **changes})


class Answer:
    """What came back: errno, message, attribute at fault, objects."""

    def __init__(self):
        self.errno = None
        self.message = ""
        self.bad_offset = None
        self.missing = None
        self.interrupted = False
        self.objects = []
        self.echoed = b""

    def take_error(self, flags, body):
        self.errno = -struct.unpack_from("=i", body)[0]
        length = struct.unpack_from("=I", body, 4)[0]
        tlvs = 4 + 16
        if not flags & CAPPED:
            self.echoed = body[4:4 + length]
            tlvs = 4 + ((length + 3) & ~3)
        if flags & ACK_TLVS:
            self.take_message(body[tlvs:])

    def take_message(self, tlvs):
        for _, kind, data in attrs_of(tlvs):
            if kind == 1:
                self.message = data.rstrip(b"\0").decode()
            elif kind == 2:
                self.bad_offset = struct.unpack("=I", data)[0]
            elif kind == 5:
                self.missing = struct.unpack("=I", data)[0]

    def __repr__(self):
        return (f"errno {self.errno} {self.message!r} at {self.bad_offset} "
                f"missing {self.missing} objects {len(self.objects)}")


class Nl:
    """A generic netlink socket that knows the family."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.sock.bind((0, 0))
        self.seq = 0
        self.ops = 0
        self.family = GENL_ID_CTRL
        found = self.ask(3, attr(2, text("nf_ipsec")), version=1)
        if found.errno:
            raise OSError(found.errno, "no family nf_ipsec")
        fields = {kind: data for _, kind, data in attrs_of(found.objects[0][1])}
        self.family = struct.unpack("=H", fields[1])[0]
        self.groups = {}
        for _, _, group in attrs_of(fields.get(7, b"")):
            entry = {kind: data for _, kind, data in attrs_of(group)}
            name = entry[1].rstrip(b"\0").decode()
            self.groups[name] = struct.unpack("=I", entry[2])[0]

    def close(self):
        self.sock.close()

    def join(self, group="events"):
        self.sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, self.groups[group])

    def message(self, cmd, body=b"", flags=0, version=1, reserved=0):
        self.seq += 1
        if cmd == N["CMD_TXN_BEGIN"]:
            self.ops = 0
        self.ops += cmd in OPERATIONS
        return struct.pack("=IHHIIBBH", 20 + len(body), self.family,
                           flags | REQUEST, self.seq, 0, cmd, version,
                           reserved) + body

    def send(self, data):
        self.sock.sendto(data, (0, 0))

    def messages(self, timeout=10):
        """Yields (type, flags, seq, body) of one datagram."""
        if not select.select([self.sock], [], [], timeout)[0]:
            raise TimeoutError("no answer")
        data = self.sock.recv(1 << 16)
        offset = 0
        while offset + 16 <= len(data):
            length, kind, flags, seq = struct.unpack_from("=IHHI", data, offset)
            yield kind, flags, seq, data[offset + 16:offset + length]
            offset += (length + 3) & ~3

    def answer(self, seq):
        """What comes back for request @seq, up to its acknowledgement."""
        result = Answer()
        while True:
            for kind, flags, number, body in self.messages():
                if number != seq:
                    continue
                result.interrupted |= bool(flags & DUMP_INTR)
                if kind == NLMSG_ERROR:
                    result.take_error(flags, body)
                    return result
                if kind == NLMSG_DONE:
                    result.errno = -struct.unpack_from("=i", body)[0]
                    result.take_message(body[4:])
                    return result
                result.objects.append((body[0], body[4:]))

    def ask(self, cmd, body=b"", flags=0, **head):
        self.send(self.message(cmd, body, flags | ACK, **head))
        return self.answer(self.seq)

    def do(self, cmd, body=b"", flags=0, **head):
        """Ask by the command's name."""
        return self.ask(N["CMD_" + cmd], body, flags, **head)

    def ok(self, cmd, body=b"", flags=0):
        answer = self.do(cmd, body, flags)
        assert answer.errno == 0, f"{cmd}: {answer}"
        return answer

    def dump(self, kind, body=b""):
        """The objects of a dump as {attribute: payload}, and if it is torn."""
        answer = self.do(kind + "_GET", body, DUMP)
        assert answer.errno == 0, f"dump of {kind}: {answer}"
        return [fields(kind, data) for _, data in answer.objects], answer.interrupted

    def commit(self, ops=None):
        """Commit as many operations as were sent, or @ops."""
        count = self.ops if ops is None else ops
        return self.do("TXN_COMMIT", named("TXN_A_", {"OPS": u32(count)}))

    def stats(self):
        return fields("STATS", self.ok("STATS_GET").objects[0][1])

    def generation(self):
        return struct.unpack("=I", self.stats()["GENERATION"])[0]

    def state(self):
        """All there is, to be compared: what traffic and time change is out."""
        out = ("IDLE", "INNER_MTU")
        return (self.generation(),
                [{k: v for k, v in o.items() if k not in out}
                 for o in self.dump("SA")[0]],
                self.dump("POLICY")[0])

    def events(self, timeout=0.5):
        """The events that come until it is quiet: (command, fields)."""
        seen = []
        while True:
            try:
                for kind, _, _, body in self.messages(timeout):
                    if kind == self.family:
                        cmd = CMD_NAMES[body[0]]
                        about = "SA" if cmd[:2] in ("SA", "EX") else \
                            "SETTINGS" if cmd[:3] == "SET" else "POLICY"
                        seen.append((cmd, fields(about, body[4:])))
            except TimeoutError:
                return seen


def fields(kind, data):
    """Attributes of an object by name."""
    return {NAMES[kind][number]: payload
            for _, number, payload in attrs_of(data)}


class Ktap:
    """Runs functions, each a case, and prints what became of them."""

    def __init__(self):
        self.cases = []

    def case(self, name):
        def register(function):
            self.cases.append((name, function))
            return function
        return register

    def run(self):
        failed = 0
        print(f"KTAP version 1\n1..{len(self.cases)}", flush=True)
        for number, (name, function) in enumerate(self.cases, 1):
            try:
                function()
                print(f"ok {number} {name}", flush=True)
            except Exception:
                failed += 1
                for line in traceback.format_exc().splitlines():
                    print("# " + line)
                print(f"not ok {number} {name}", flush=True)
        return 1 if failed else 0


def in_child(function):
    """Runs @function in a process of its own; its exception comes back."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            function()
            os.write(writer, b"ok")
        except BaseException:
            os.write(writer, traceback.format_exc().encode()[-4000:])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(pid, 0)
    assert said == "ok", said or "the child died"
