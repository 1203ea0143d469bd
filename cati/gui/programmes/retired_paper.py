"""The certificate of a retired programme on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.domain.attendance import LOCAL
from cati.gui.office.words import grouped
from cati.gui.printing.paper import Block, Code, Facts, Part, Signatures, Words

if TYPE_CHECKING:
    from cati.services.retiring import Certificate


def retired_part(found: Certificate) -> Part:
    """What was destroyed, what is kept, and the hash of the file that says so."""
    login, name, station = found.by
    blocks: list[Block] = [
        Facts(
            [
                (_("Programme"), f"{found.title} ({found.programme})"),
                (_("Retired at"), f"{found.at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"),
                (_("Retired by"), _("{name} ({login}), station {station}").format(
                    name=name, login=login, station=station)),
            ]
        ),
        Words(_("Destroyed"), bold=True, before=40),
        Facts(
            [
                (_("Names and phone numbers"), f"{found.contacts:,}"),
                (_("Representatives, with their numbers"), f"{found.representatives:,}"),
                (_("Hashes of respondents on the web"), f"{found.web_respondents:,}"),
                (_("SHA-256 over them, sealed"), grouped(found.contacts_sha256)),
                (_("Sealed rows of lists"), f"{found.problems:,}"),
                (_("Grants of their key"), f"{found.grants:,}"),
            ]
        ),
        Words(_("What is kept"), bold=True, before=40),
        *(Words(f"· {sentence}", before=8) for sentence in found.kept),
        Facts(
            [
                (_("Ballots on paper, of nobody by name"), f"{found.ballots:,}"),
                (_("Opinions on the web, of nobody by name"), f"{found.web_opinions:,}"),
            ]
        ),
        Code(
            f"CATI RETIRED {found.programme} {found.sha256}".upper(),
            [
                _("SHA-256 of the certificate"),
                grouped(found.sha256),
                _("Of the file {file}; it stands in the audit log and, in capitals, in the code.").format(
                    file=f"{found.programme}-retired.json"
                ),
            ],
        ),
        Signatures([_("Destroyed by"), _("Witnessed by")]),
    ]  # fmt: skip
    return Part(_("Certificate of destruction"), blocks)
