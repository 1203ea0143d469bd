"""Whom to call: the name and numbers of an entry, as they are sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from json.encoder import encode_basestring as _quoted


@dataclass(frozen=True, slots=True)
class Phone:
    """One number with what the dialling plan must know.

    Attributes:
        e164: ``+86`` and digits.
        kind: mobile or landline.
        non_local: the list wrote a 0 before the mobile: it is dialled with 0 from here.
        extension: digits dialled after the call is answered, "" if none.
    """

    e164: str
    kind: str = "mobile"
    non_local: bool = False
    extension: str = ""

    def __repr__(self) -> str:
        return "Phone(…)"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person as a list names them. Shows nothing of itself when printed.

    Attributes:
        name: as handed in, "" if none.
        phones: at least one; the first is the number, the others alternates.
        remark: the list's 备注, "" if none.
    """

    name: str
    phones: tuple[Phone, ...]
    remark: str = ""

    def __repr__(self) -> str:
        return "Contact(…)"

    @property
    def number(self) -> Phone:
        """The number that is dialled first."""
        return self.phones[0]

    @property
    def alternates(self) -> tuple[Phone, ...]:
        """The other numbers, in the list's order."""
        return self.phones[1:]

    def encode(self) -> bytes:
        """The compact JSON array that is sealed: name, remark, then each phone's four facts."""
        # Put together by hand: a list may have a million contacts, and making an encoder for each costs
        # more than all else that is done to it.
        phones = ",".join(
            [
                f"[{_quoted(p.e164)},{_quoted(p.kind)},{int(p.non_local)},{_quoted(p.extension)}]"
                for p in self.phones
            ]
        )
        return f"[{_quoted(self.name)},{_quoted(self.remark)},[{phones}]]".encode()

    @classmethod
    def decode(cls, plain: bytes) -> Contact:
        """The contact that `encode` wrote."""
        name, remark, phones = json.loads(plain)
        return cls(name, tuple(Phone(e164, kind, bool(far), ext) for e164, kind, far, ext in phones), remark)


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A person as a list of addresses names them. Shows nothing of itself when printed.

    Attributes:
        name, address, postcode, remark: as handed in, "" if none.
        phone: the first usable number, "" if none.
    """

    name: str
    address: str
    postcode: str = ""
    phone: str = ""
    remark: str = ""

    def __repr__(self) -> str:
        return "MailAddress(…)"

    def encode(self) -> bytes:
        """The compact JSON array that is sealed."""
        facts = [self.name, self.address, self.postcode, self.phone, self.remark]
        return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, plain: bytes) -> MailAddress:
        """The address that `encode` wrote."""
        return cls(*json.loads(plain))


def masked(e164: str) -> str:
    """A number as screens may show it, such as ``138****1234``; the country code +86 is left out."""
    digits = e164.removeprefix("+86").removeprefix("+")
    if len(digits) < 8:
        return "*" * len(digits)
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"
