"""Commands on reviews: list what is to be heard, decide."""

from __future__ import annotations

import click

from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.review import REASONS, Verdict
from cati.domain.signal_words import title
from cati.services import review as service
from cati.services import verdicts
from cati.services.review import Choice

_REASONS = sorted({code for reasons in REASONS.values() for code in reasons})


@group()
def review() -> None:
    """Review of interviews: list, decide."""


@review.command("list")
@option("--show", type=click.Choice([c.value for c in Choice]), default="open", help="Which ones.")
@json_option
@click.pass_obj
def list_(session: Session, show: str, in_json: bool) -> None:
    """List the interviews to review, those with signals first."""
    found = service.worklist(session.ctx, session.programme, Choice(show))
    numbers = {item.name: n for n, item in enumerate(session.programme.programme.items, 1)}
    if in_json:
        as_json(
            [
                {
                    "interview": line.interview.interview_id,
                    "unit": line.interview.unit_name,
                    "group": line.interview.group_label,
                    "operator": line.interview.operator,
                    "started": line.interview.started_at.isoformat(),
                    "state": line.interview.state,
                    "verdict": line.interview.verdict,
                    "excluded": line.interview.excluded,
                    "sampled": line.sampled,
                    "signals": [
                        {"kind": str(signal.kind), "items": list(signal.items)} for signal in line.signals
                    ],
                }
                for line in found
            ]
        )
        return
    for line in found:
        one = line.interview
        said = _("; ").join(title(signal, numbers) for signal in line.signals)
        about = f"{one.unit_name} {one.group_label}  {one.operator}"
        click.echo(f"{one.interview_id}  {one.verdict or '-'}  {about}  {said}".rstrip())


@review.command()
@click.argument("interview")
@click.argument("verdict", type=click.Choice([v.value for v in Verdict]))
@option("--reason", type=click.Choice(_REASONS), help="Needed to exclude or to send back.")
@option("--note", default="", help="Kept with the verdict.")
@click.pass_obj
def decide(session: Session, interview: str, verdict: str, reason: str | None, note: str) -> None:
    """Give a verdict on an interview: excluded ones leave score and quota at once."""
    effect = verdicts.decide(
        session.ctx, session.programme, interview, Verdict(verdict), reason=reason, note=note
    )
    click.echo(_(verdicts.EFFECT_WORDS[effect]))


COMMANDS = {"review": review}
"""By name, for the main group."""
