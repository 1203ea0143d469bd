"""The draw's certificate on paper, and the code from which a phone reads its hash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.attendance import LOCAL
from cati.domain.draws import PUBLIC_NAME
from cati.domain.programmes import Programme, in_language
from cati.gui.office.words import grouped
from cati.gui.printing.paper import Block, Code, Facts, Grid, Head, Part, Signatures, Words

if TYPE_CHECKING:
    from cati.services.ceremony import Ceremony

# Of a ticket so much is printed: enough to find it, and to see that it was not chosen.
_TICKET_GROUPS = 6


def code_text(programme: Programme, digest: str) -> str:
    """What the QR code of a certificate holds: which draw, and the digest its certificate states.

    In capitals: a code of capitals and figures has larger modules, to be read from across a room.
    """
    return f"CATI DRAW {programme.code} {digest}".upper()


def public_name(found: Ceremony) -> str:
    """What the public value is."""
    return _("Public value") if found.public_name == PUBLIC_NAME else found.public_name


def certificate_part(programme: Programme, found: Ceremony) -> Part:
    """All that a held draw rests on, what it gave, and how anybody computes it again."""
    facts = [
        (_("Programme"), f"{programme.title} ({programme.code})"),
        (_("Lists"), _("{lists} lists, {people:,} people").format(lists=found.lists, people=found.people)),
        (_("Hash published"), _moment(found.published)),
        (_("Time of the draw"), _moment(found.held)),
        (_("Hash of the lists"), grouped(found.frame_hash)),
        (_("Hash of the plan"), grouped(found.plan_hash)),
        (public_name(found), found.public_value),
        (_("Seed"), grouped(found.seed)),
        (_("Draws given up before"), str(found.voided)),
    ]
    blocks: list[Block] = [
        Facts(facts),
        Words(_("Parts of the seed"), bold=True),
        _parties(found),
        Code(
            code_text(programme, found.digest),
            [_("Digest of the certificate"), grouped(found.digest), _("A phone reads it from the code.")],
        ),
        Words(_("How to check it"), bold=True, before=40),
        *(Words(sentence, before=8) for sentence in _how()),
        Signatures([*(party.name for party in found.parties), _("Organised by")]),
        Words(_("What was drawn"), bold=True, before=40),
        _cells(programme, found),
    ]
    return Part(_("Certificate of the draw"), blocks, _("No name and no number stands in it."))


def _how() -> Sequence[str]:
    return (
        _("1. Ask the bureau for the files certificate.json and frame.csv, and for verify_draw.py."),
        _("2. On any computer with Python, type: python3 verify_draw.py FOLDER. It prints OK."),
        _("3. The “digest” in certificate.json is the one on this paper and, in capitals, in the code."),
        _("4. The hash of the lists was published before any part was revealed; compare it."),
    )


def _parties(found: Ceremony) -> Grid:
    heads = [
        Head(_("Party"), 36),
        Head(_("Commitment"), 90, mono=True),
        Head(_("Part"), 36),
        Head(_("Kept"), 18),
    ]
    rows = [
        (
            party.name,
            grouped(party.commit),
            party.reveal or "—",
            _("yes") if party.reveal is not None else _("no"),
        )
        for party in found.parties
    ]
    return Grid(heads, rows)


def _cells(programme: Programme, found: Ceremony) -> Grid:
    heads = [
        Head(_("Unit"), 52),
        Head(_("Group"), 34),
        Head(_("People drawn"), 18, figure=True),
        Head(_("Quota"), 14, figure=True),
        Head(_("Smallest ticket"), 64, mono=True),
    ]
    units = {u.code: in_language({"zh": u.name, **u.labels}, language()) for u in programme.units}
    groups = {g.code: (in_language(g.labels, language(), g.label), g.quota) for g in programme.groups}
    rows = []
    for cell, entries in found.order.items():
        unit, _slash, group = cell.partition("/")
        label, quota = groups[group]
        first = grouped(found.ticket(cell, entries[0]), _TICKET_GROUPS) if entries else "—"
        rows.append((units[unit], label, f"{len(entries):,}", str(quota), first))
    return Grid(heads, rows)


def _moment(at: datetime | None) -> str:
    return "—" if at is None else f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"
