"""What was found about a list as a whole, in words."""

from __future__ import annotations

from cati.base.i18n import translate as _
from cati.domain.list_checks import ListFindings

_NAMED = 5
"""So many areas are named; of more only how many they are."""


def finding_words(findings: ListFindings) -> list[str]:
    """A sentence without a full stop for each thing found."""
    said = []
    if findings.serials is not None:
        one = findings.serials
        words = _(
            "serial numbers do not run 1, 2, 3 …: row {row} has “{found}” where {expected} should stand"
        )
        said.append(words.format(row=one.row, found=one.found, expected=one.expected))
    if findings.missing_areas:
        names = "、".join(findings.missing_areas[:_NAMED])
        words = _("nobody of {count} areas: {names}")
        if len(findings.missing_areas) > _NAMED:
            words = _("nobody of {count} areas: {names} …")
        said.append(words.format(count=len(findings.missing_areas), names=names))
    return said
