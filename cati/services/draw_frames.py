"""The frame as it is published."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

from cati.domain import draws as rules
from cati.domain.contacts import Contact
from cati.domain.draws import FrameRow
from cati.domain.programmes import LoadedProgramme
from cati.sealing.contacts import ContactKey
from cati.services.context import Context
from cati.store import draws as store
from cati.store.draws import ListedEntry
from cati.store.engine import Connection

_POOL = "pool"
_NONCE = "draw entry"


def rows(
    ctx: Context, connection: Connection, programme: LoadedProgramme, lists: Collection[int]
) -> Iterator[tuple[ListedEntry, FrameRow]]:
    """All entries of these lists with what is published of them, the public pool last."""
    key = ctx.keys.contact_key(programme.id)
    code = programme.programme.code
    seen: dict[int, str] = {}
    for entry in store.listed_entries(connection, lists):
        name = entry_id(code, entry.unit, entry.group, entry.version, entry.row)
        contact = Contact.decode(key.open(entry.sealed, bound_to=entry.number_hash))
        yield (
            entry,
            FrameRow(
                entry=name,
                cell=f"{entry.unit}/{entry.group}" if entry.unit else "",
                name=rules.entry_name(name, contact.number.e164, nonce(key, name)),
                person=seen.setdefault(entry.person_id, str(len(seen) + 1)),
            ),
        )


def nonce(key: ContactKey, entry: str) -> str:
    """The secret of an entry (hex): telling it proves which number it had when the frame was published."""
    return key.token(_NONCE, entry.encode()).hex()


def entry_id(programme: str, unit: str | None, group: str | None, version: int, row: int) -> str:
    """How an entry is told apart: programme, unit and group (or the pool), version of the list, row."""
    return f"{programme}/{f'{unit}/{group}' if unit else _POOL}/{version}/{row}"


def write(frame: Iterator[tuple[ListedEntry, FrameRow]], path: Path) -> str:
    """Write frame.csv; gives its hash."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for line in rules.frame_lines(row for _, row in frame):
            digest.update(line)
            file.write(line)
    return digest.hexdigest()
