"""Messages of SIP (RFC 3261) as far as an exchange on loopback needs them, with digest (RFC 2617)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    407: "Proxy Authentication Required",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    487: "Request Terminated",
    503: "Service Unavailable",
    603: "Decline",
}
_SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}


@dataclass
class Message:
    """One message as it came.

    Attributes:
        first: its request or status line.
        headers: in their order, by small name.
    """

    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @classmethod
    def read(cls, data: bytes) -> Message:
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        named = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
        return cls(first, [(_SHORT.get(name, name), value) for name, value in named], body)

    def get(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")

    @property
    def method(self) -> str:
        return self.first.split()[0]

    @property
    def code(self) -> int:
        return int(self.first.split()[1])

    @property
    def is_answer(self) -> bool:
        return self.first.startswith("SIP/2.0")

    @property
    def number(self) -> str:
        found = re.search(r"sips?:([^@;>]+)", self.first)
        return found[1] if found else ""

    @property
    def contact(self) -> str:
        found = re.search(r"<([^>]+)>", self.get("contact"))
        return found[1] if found else ""


def answer(request: Message, code: int, tag: str, contact: str, extra: list[str], body: str = "") -> bytes:
    """The answer to a request, within the dialogue that `tag` names."""
    lines = [f"SIP/2.0 {code} {REASONS[code]}"]
    lines += [f"Via: {value}" for name, value in request.headers if name == "via"]
    to = request.get("to")
    lines += [f"From: {request.get('from')}", f"To: {to}" if "tag=" in to else f"To: {to};tag={tag}"]
    lines += [f"Call-ID: {request.get('call-id')}", f"CSeq: {request.get('cseq')}", f"Contact: <{contact}>"]
    return pack(lines + extra, body)


def pack(lines: list[str], body: str) -> bytes:
    """A message of these lines."""
    kind = ["Content-Type: application/sdp"] if body else []
    return ("\r\n".join([*lines, *kind, f"Content-Length: {len(body)}"]) + "\r\n\r\n" + body).encode()


def proves(request: Message, header: str, realm: str, users: dict[str, str], nonces: set[str]) -> bool:
    """Whether a request was signed with a user's secret."""
    parts = dict(re.findall(r'(\w+)="?([^",]+)"?', request.get(header)))
    secret = users.get(parts.get("username", ""))
    if secret is None or parts["nonce"] not in nonces:
        return False
    mine = _md5(f"{parts['username']}:{realm}:{secret}")
    asked = _md5(f"{request.method}:{parts['uri']}")
    signed = [mine, parts["nonce"], parts["nc"], parts["cnonce"], parts["qop"], asked]
    return bool(parts["response"] == _md5(":".join(signed)))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
