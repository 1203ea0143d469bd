"""The draw: a random order that anybody can compute again and nobody can choose.

Each entry gets a ticket, the SHA-256 of the seed, the plan's hash, its cell and its name in the frame; the
smallest ticket comes first. The seed is made of parts of at least two parties, whose hashes were known
before any part was, and of a public value named beforehand. `resources/verify_draw.py` computes all of this
again with nothing but Python.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate

FORMAT = "cati-draw-1"
FRAME_HEADER = ("entry", "cell", "name", "person")
MINIMUM_PARTIES = 2
HEX_DIGITS = frozenset("0123456789abcdef")


PUBLIC_NAME = "public value"
"""What a certificate calls the public value when nobody names it."""


@dataclass(frozen=True, slots=True)
class Party:
    """One who gives a part of the seed.

    Attributes:
        commit: SHA-256 of name and part, as `commitment` makes it, known before any part is.
        reveal: the part itself, None until it is told.
    """

    name: str
    commit: str
    reveal: str | None = None


class FrameRow(NamedTuple):
    """One entry as the published frame shows it.

    Attributes:
        entry: ``programme/unit/group/version/row``.
        cell: ``unit code/group code``; empty for an entry of the public pool.
        name: hash of entry, number and a secret of the entry, as `entry_name` makes it: by telling the
            secret it can be proved later which number the entry had, and without it nobody finds out.
        person: entries of one person share it; a number of order, so that it says nothing else and the same
            lists give the same in every database.
    """

    entry: str
    cell: str
    name: str
    person: str


@dataclass(frozen=True, slots=True)
class VoidDraw:
    """A draw of the same programme that was given up before this one.

    Whoever knows all parts and the public value can compute an order before it is held, so that a draw given
    up is never passed over in silence.

    Attributes:
        frame_hash: what was published then.
        frame_published: when, UTC as ISO 8601 text.
        parties: names of the parties that had committed.
        revealed: names of those that had revealed their part.
    """

    frame_hash: str
    frame_published: str
    parties: tuple[str, ...]
    revealed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """All that a certificate states.

    Attributes:
        plan: the cells with their quotas, as `programme_json.plan` gives them.
        frame_hash: SHA-256 (hex) of the bytes of frame.csv.
        frame_published, drawn: UTC times as ISO 8601 text.
        order: entries of each cell in calling order; a person stands in one cell only.
        voided: earlier draws that were given up, oldest first.
        follows: digest of the programme's first certificate, where lists are drawn that came after it.
    """

    plan: Mapping[str, Any]
    parties: tuple[Party, ...]
    public_name: str
    public_value: str
    frame_hash: str
    frame_published: str
    drawn: str
    order: Mapping[str, Sequence[str]] = field(repr=False)
    voided: tuple[VoidDraw, ...] = ()
    follows: str = ""


def joined_hash(*fields: str) -> str:
    """SHA-256 (hex) of the fields in UTF-8, joined by line feeds.

    Raises:
        ValueError: a field holds a line feed, so that two lists of fields could look alike.
    """
    if any("\n" in text for text in fields):
        raise ValueError("a field holds a line feed")
    return hashlib.sha256("\n".join(fields).encode()).hexdigest()


def commitment(party: str, reveal: str) -> str:
    """What a party hands in first: SHA-256 (hex) of its name, a line feed, and its part, in UTF-8.

    The name is in it so that nobody can hand in another's commitment as his own.
    """
    return joined_hash(party, reveal)


def entry_name(entry: str, number: str, nonce: str) -> str:
    """The name under which an entry is published: SHA-256 (hex) of entry | number | nonce.

    Args:
        entry: ``programme/unit/group/version/row``.
        number: the phone number in E.164.
        nonce: secret of the entry; without it a number could be found by trying all there are.
    """
    return hashlib.sha256(f"{entry}|{number}|{nonce}".encode()).hexdigest()


def certificate_digest(text: bytes) -> str:
    """The digest a certificate states of all else in it: what screens and paper call the certificate's."""
    digest: str = json.loads(text)["digest"]
    return digest


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8: one spelling for one value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hash_of(value: Any) -> str:
    """SHA-256 (hex) of a value in canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def checked_text(text: str, what: str) -> str:
    """The text without spaces around it, if it can stand in a certificate; `what` is the msgid of its name.

    Raises:
        CatiError: ``draw_text`` when it is empty or holds a line break or another control character.
    """
    text = text.strip()
    if not text or not text.isprintable():
        raise CatiError(
            "draw_text",
            N_("{what} is empty or holds a line break. Nothing was kept. Give it as one line of text."),
            what=translate(what),
        )
    return text


def checked_parties(parties: Iterable[Party]) -> tuple[Party, ...]:
    """The parties, if a draw may begin with them.

    Raises:
        CatiError: ``too_few_parties``, ``party_twice``, ``bad_commit``, ``draw_text``.
    """
    checked = tuple(
        Party(checked_text(party.name, N_("The name of a party")), party.commit.strip().lower(), party.reveal)
        for party in parties
    )
    if len(checked) < MINIMUM_PARTIES:
        raise CatiError(
            "too_few_parties",
            N_(
                "A draw needs parts of at least {needed} parties and has {given}. Nothing was "
                "drawn. Name more parties."
            ),
            needed=MINIMUM_PARTIES,
            given=len(checked),
        )
    names = [party.name for party in checked]
    for name in names:
        if names.count(name) > 1:
            raise party_twice(name)
    for party in checked:
        if len(party.commit) != 64 or not HEX_DIGITS.issuperset(party.commit):
            raise CatiError(
                "bad_commit",
                N_(
                    "The commitment of {name} is not a SHA-256 of 64 hexadecimal digits. Nothing "
                    "was kept. Ask {name} for it again."
                ),
                name=party.name,
            )
    return checked


def typed_parts(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Parts by party, from lines of a name and a part; empty lines are nobody's.

    Name and part are kept without spaces around them, as `revealed` compares them.

    Raises:
        CatiError: ``party_twice``, ``draw_text`` when a name has no part or a part no name.
    """
    parts: dict[str, str] = {}
    for name, part in lines:
        if not name.strip() and not part.strip():
            continue
        name = checked_text(name, N_("The name of a party"))
        part = checked_text(part, N_("The part of a party"))
        if name in parts:
            raise party_twice(name)
        parts[name] = part
    return parts


def typed_commitments(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Commitments by party, from lines of a name and a part or the hash of one; see `typed_parts`.

    Raises:
        CatiError: as `typed_parts`.
    """
    return {name: _committed(name, part) for name, part in typed_parts(lines).items()}


def _committed(name: str, part: str) -> str:
    digits = part.replace(" ", "").lower()
    brought = len(digits) == 64 and HEX_DIGITS.issuperset(digits)
    return digits if brought else commitment(name, part)


def party_twice(name: str) -> CatiError:
    """What is said when two parties have one name."""
    return CatiError(
        "party_twice",
        N_("The party {name} is named twice. Nothing was drawn. Name each party once."),
        name=name,
    )


def revealed(party: Party, reveal: str) -> Party:
    """The party with its part, if that is the part it committed to.

    Raises:
        CatiError: ``reveal_differs``, ``draw_text``.
    """
    reveal = checked_text(reveal, N_("The part of a party"))
    if commitment(party.name, reveal) != party.commit:
        raise CatiError(
            "reveal_differs",
            N_(
                "What {name} reveals is not what it committed to. It was not accepted. "
                "Ask {name} for the exact text, or void the draw and begin again."
            ),
            name=party.name,
        )
    return Party(party.name, party.commit, reveal)


def seed(parties: Sequence[Party], public_name: str, public_value: str) -> str:
    """The seed: SHA-256 (hex) of each party's name and part in order, then the public value's name and value.

    The published frame is not part of it: who makes the frame could otherwise try frames until the order
    suits him. That the frame was not changed later is shown by its hash, published before any part was told.

    Raises:
        CatiError: ``not_revealed``: a party that fails to reveal voids the draw.
    """
    fields: list[str] = []
    for party in parties:
        if party.reveal is None:
            raise CatiError(
                "not_revealed",
                N_(
                    "{name} has not revealed its part, so there is no draw. Frame and commitments were kept. "
                    "Wait for {name}, or void the draw and begin again with new commitments."
                ),
                name=party.name,
            )
        fields += [party.name, party.reveal]
    return joined_hash(*fields, public_name, public_value)


def ticket(draw_seed: str, plan_hash: str, cell: str, entry: str) -> str:
    """An entry's place: SHA-256 (hex) of seed, plan hash, cell and entry, joined by line feeds."""
    return hashlib.sha256(f"{draw_seed}\n{plan_hash}\n{cell}\n{entry}".encode()).hexdigest()


def order(
    draw_seed: str, plan_hash: str, rows: Iterable[tuple[str, str, str]], cells: Iterable[str] = ()
) -> dict[str, list[str]]:
    """The calling order of every cell.

    A person in several cells belongs to the one where the ticket is smallest.

    Args:
        draw_seed: as `seed` gives it.
        plan_hash: of the plan drawn for.
        rows: (entry, cell, person) of every entry, in any order; entries without a cell (the public pool)
            have no part in it.
        cells: cells that are listed even when they have no entry.

    Returns:
        Entries by cell, smallest ticket first.
    """
    smallest: dict[str, tuple[str, str, str]] = {}
    for entry, cell, person in rows:
        if not cell:
            continue
        found = (ticket(draw_seed, plan_hash, cell, entry), entry, cell)
        if person not in smallest or found < smallest[person]:
            smallest[person] = found
    result: dict[str, list[str]] = {cell: [] for cell in cells}
    for _, entry, cell in sorted(smallest.values()):
        result.setdefault(cell, []).append(entry)
    return result


def frame_lines(rows: Iterable[FrameRow]) -> Iterator[bytes]:
    """The lines of frame.csv, heading first, UTF-8, ended by a line feed each."""
    for row in _with_heading(rows):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        yield line.getvalue().encode()


def _with_heading(rows: Iterable[FrameRow]) -> Iterator[Sequence[str]]:
    yield FRAME_HEADER
    yield from rows


def certificate(draw: Draw) -> bytes:
    """certificate.json: everything that is needed to compute the draw again, in canonical JSON.

    Its ``digest`` is the SHA-256 of the canonical JSON of everything else, short enough to stand in the
    minutes.

    Raises:
        CatiError: ``not_revealed``.
    """
    content = {
        "drawn": draw.drawn,
        "format": FORMAT,
        "frame_hash": draw.frame_hash,
        "frame_published": draw.frame_published,
        "order": {cell: list(entries) for cell, entries in draw.order.items()},
        "parties": [{"commit": p.commit, "name": p.name, "reveal": p.reveal} for p in draw.parties],
        "plan": draw.plan,
        "plan_hash": hash_of(draw.plan),
        "public": {"name": draw.public_name, "value": draw.public_value},
        "seed": seed(draw.parties, draw.public_name, draw.public_value),
        "voided": [
            {
                "frame_hash": one.frame_hash,
                "frame_published": one.frame_published,
                "parties": list(one.parties),
                "revealed": list(one.revealed),
            }
            for one in draw.voided
        ],
    }
    if draw.follows:
        content["follows"] = draw.follows
    return canonical(content | {"digest": hash_of(content)})
