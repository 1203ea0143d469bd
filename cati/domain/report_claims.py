"""What a report tells of claims: what was said to be planned and done, beside what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.attendance import local_day
from cati.domain.claims import Amount, Compared
from cati.domain.papers import Annex, Block, Grid, Paragraph, Value
from cati.domain.programmes import in_language
from cati.domain.report_facts import Facts, Outline, day_words


def claims_annex(facts: Facts, outline: Outline) -> Iterator[Block | Annex]:
    """Every claim with what is computed, by how much it differs, and how that was settled."""
    if not facts.claims:
        return
    yield Annex(outline.annex(_("claimed and counted")))
    yield Paragraph(claims_words(facts))
    # A plan is seldom computed, and then it mostly agrees.
    planned = any(one.planned_differs for one in facts.claims)
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            claim_name(one, facts.language),
            _amount(one.claim.planned),
            *((_amount(one.planned),) if planned else ()),
            _amount(one.claim.done),
            _amount(one.done),
            difference_words(one),
            settled_words(one),
        )
        for one in facts.claims
    )
    yield Grid(
        *outline.table(_("what is claimed, and what is counted")),
        (
            _("Claim"),
            _("claimed as planned"),
            *((_("computed"),) if planned else ()),
            _("claimed as done"),
            _("computed"),
            _("Claimed less computed"),
            _("How it was settled"),
        ),
        rows,
        (28, 21, *((14,) if planned else ()), 23, 19, 23, 30),
    )


def claims_words(facts: Facts) -> str:
    """How many of the claims differ from what is counted, and how many of these nobody has noted anew."""
    count = sum(one.differs for one in facts.claims)
    if not count:
        return _("No claim of the report differs from what is counted.")
    words = ngettext(
        "{count} of {all} claims of the report differs from what is counted; not settled: {open}.",
        "{count} of {all} claims of the report differ from what is counted; not settled: {open}.",
        count,
    )
    unsettled = sum(one.differs and one.corrected is None for one in facts.claims)
    return words.format(count=count, all=len(facts.claims), open=unsettled)


def claim_name(one: Compared, language: str) -> str:
    """What is claimed, with what it is counted in."""
    name = in_language(one.claim.labels, language, one.claim.code)
    return _("{name} ({measure})").format(name=name, measure=one.claim.measure) if one.claim.measure else name


def difference_words(one: Compared) -> str | None:
    """How much more is claimed than is computed, as done and, where that differs too, as planned."""
    done, planned = one.done_difference, one.planned_difference
    if not planned:
        return None if done is None else _signed(done)
    words = _("planned {planned}").format(planned=_signed(planned))
    return words if done is None else _("; ").join((_("done {done}").format(done=_signed(done)), words))


def settled_words(one: Compared) -> str:
    """Whether a claim agrees with what is computed, and who noted what instead."""
    found = one.corrected
    if found is None:
        if one.planned is None and one.done is None:
            return _("nothing to hold it against")
        return _("differs, not settled") if one.differs else _("agrees")
    before = [_amount(amount) for amount in (found.planned, found.done) if amount is not None]
    words = _("noted anew by {name} on {day}, first {before}: {source}").format(
        name=found.by, day=day_words(local_day(found.at)), before=" / ".join(map(str, before)) or "—",
        source=one.claim.source,
    )  # fmt: skip
    return _("; ").join((words, _("still differs"))) if one.differs else words


def _amount(amount: Amount | Decimal | None) -> str | None:
    if amount is None:
        return None
    return str(amount) if isinstance(amount, Amount) else f"{amount:,f}"


def _signed(amount: Decimal) -> str:
    return f"{amount:+,f}" if amount else "0"
