"""What the network says of a call, as the outcome it proposes; the operator decides."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.dispositions import DISPOSITIONS, Section
from cati.domain.phone import CallNews

SIP, Q850 = "sip", "q850"
Proposals = Mapping[tuple[str, int], str]
"""Code of an outcome by what the network says: an answer of SIP (RFC 3261) or a cause of ITU-T Q.850."""


def read_proposals(text: str) -> Proposals:
    """The table of a file with the columns says (sip or q850), code, outcome, and any others.

    Args:
        text: of the file, comma-separated, headings in the first line.

    Raises:
        CatiError: ``proposals_file``, naming the line.
    """
    found: dict[tuple[str, int], str] = {}
    rows = csv.DictReader(text.lstrip("\ufeff").splitlines())
    for line, row in enumerate(rows, 2):
        says, code, outcome = ((row.get(name) or "").strip() for name in ("says", "code", "outcome"))
        known = DISPOSITIONS.get(outcome)
        fits = says in (SIP, Q850) and code.isascii() and code.isdecimal()
        if not fits or known is None or known.section is not Section.NOT_CONNECTED:
            raise CatiError(
                "proposals_file",
                N_(
                    "Line {line} of the outcomes that the network proposes does not fit. No outcome is "
                    "proposed until it is corrected. It holds sip or q850, a code, and one of: {outcomes}."
                ),
                line=line,
                outcomes=", ".join(
                    d.code for d in DISPOSITIONS.values() if d.section is Section.NOT_CONNECTED
                ),
            )
        found[says, int(code)] = outcome
    return found


def proposed(table: Proposals, news: CallNews) -> str:
    """The outcome proposed for a call that nobody answered; "" for none.

    What the telephone network says is nearer to the person called than what the exchange makes of it.
    """
    if news.by_us:
        return ""
    by_cause = table.get((Q850, news.cause)) if news.cause is not None else None
    return by_cause or table.get((SIP, news.code), "")
