"""What a report tells of lots: who was called, and which representatives filled in ballots."""

from __future__ import annotations

from collections.abc import Iterator

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.draws import PUBLIC_NAME
from cati.domain.papers import Block, Grid, Paragraph, Tone
from cati.domain.report_facts import Facts, Lot, Outline, day_words
from cati.domain.score_plan import WeightedChannel

CALLED = (
    N_(
        "Who was called was drawn by lot{when}: the seed has parts of {parties} and a public value "
        "({public}) that nobody could know before. Anybody can check it with the certificate."
    ),
    N_(
        "Who was called was drawn by lot{when}: the seed has parts of {parties} and a public value "
        "that nobody could know before. Anybody can check it with the certificate."
    ),
)
REPRESENTATIVES = (
    N_(
        "The representatives were drawn by lot{when}: the seed has parts of {parties} and a public value "
        "({public}) that nobody could know before. Anybody can check it with the certificate."
    ),
    N_(
        "The representatives were drawn by lot{when}: the seed has parts of {parties} and a public value "
        "that nobody could know before. Anybody can check it with the certificate."
    ),
)
"""How a lot was held, where the public value has a name of its own and where it has none."""


def lot_words(facts: Facts) -> Iterator[Block]:
    """How those who were called were drawn, and the representatives, with what a third party checks it by."""
    if facts.lot is not None:
        yield from _held(facts.lot, CALLED)
        for held_on, digest in facts.lot.later:
            when = "" if held_on is None else _(" on {day}").format(day=day_words(held_on))
            words = _("Lists that came later were drawn apart{when}. SHA-256 of the certificate: {hash}")
            yield Paragraph(words.format(when=when, hash=digest), Tone.NOTE)
    if facts.roster_lot is not None:
        yield from _held(facts.roster_lot, REPRESENTATIVES)


def _held(lot: Lot, said: tuple[str, str]) -> Iterator[Block]:
    when = "" if lot.held_on is None else _(" on {day}").format(day=day_words(lot.held_on))
    words = _(said[lot.public == PUBLIC_NAME])
    yield Paragraph(words.format(when=when, parties="、".join(lot.parties), public=lot.public))
    yield Paragraph(_("Seed: {seed}").format(seed=lot.seed), Tone.NOTE)
    yield Paragraph(_("SHA-256 of the certificate: {hash}").format(hash=lot.certificate), Tone.NOTE)
    yield Paragraph(_("SHA-256 of the lists: {hash}").format(hash=lot.frame), Tone.NOTE)


def representatives(facts: Facts, channel: WeightedChannel, outline: Outline) -> Iterator[Grid]:
    """Of each roster of a channel how many were drawn, which tickets do not come, and which come instead."""
    found = [one for one in facts.rosters if one.channel == channel.code]
    if found:
        yield Grid(
            *outline.table(_("{channel}: representatives drawn by lot").format(channel=channel.label)),
            (_("Roster"), _("People on it"), _("Drawn"), _("Tickets absent"), _("Tickets in their place")),
            tuple(
                (one.label, one.people, one.drawn, _tickets(one.absent), _tickets(one.instead))
                for one in found
            ),
            (2, 1, 1, 1.5, 1.5),
        )


def _tickets(numbers: tuple[int, ...]) -> str:
    return "、".join(map(str, numbers)) or "—"
