"""Commands on what a report claims, beside what the programme counts."""

from __future__ import annotations

from decimal import Decimal

import click

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.cli.session import Session, as_json, json_option
from cati.cli.texts import group, option
from cati.domain.claims import Amount, Compared
from cati.domain.programmes import in_language
from cati.services import claims as service


@group()
def claims() -> None:
    """What a report claims was planned and done, beside what the programme counts."""


@claims.command("list")
@json_option
@click.pass_obj
def list_(session: Session, in_json: bool) -> None:
    """Claimed and computed side by side; ≠ where they differ."""
    found = service.listing(session.ctx, session.programme)
    if in_json:
        as_json([_document(one) for one in found])
        return
    if not found:
        click.echo(_("The workbook of this programme names no claims: there is nothing to compare."))
        return
    click.echo(
        "\t".join(
            (
                _("Claim"),
                _("claimed as planned"),
                _("computed"),
                _("claimed as done"),
                _("computed"),
                _("done of planned"),
            )
        )
    )
    for one in found:
        name = in_language(one.claim.labels, language(), one.claim.code)
        cells = [
            name,
            _cell(one.claim.planned, one.claim.measure),
            _cell(one.planned, one.claim.measure, one.planned_differs),
            _cell(one.claim.done, one.claim.measure),
            _cell(one.done, one.claim.measure, one.done_differs),
            _cell(one.completion, "%"),
        ]
        click.echo("\t".join(cells))


@claims.command()
@click.argument("code")
@option("--planned", default="", help="What was planned; 300+ for more than 300.")
@option("--done", default="", help="What was done; 300+ for more than 300.")
@option("--source", required=True, help="Where it is said; kept with it.")
@json_option
@click.pass_obj
def note(session: Session, code: str, planned: str, done: str, source: str, in_json: bool) -> None:
    """Note what a report claims now for the row CODE of the workbook's claims."""
    made = service.note(session.ctx, session.programme, code, source, planned=planned, done=done)
    if in_json:
        as_json(_document(made))
        return
    click.echo(_("{code} noted.").format(code=code))


def _cell(amount: Amount | Decimal | None, measure: str, differs: bool = False) -> str:
    if amount is None:
        return "—"
    words = str(amount) if isinstance(amount, Amount) else f"{amount:,f}"
    return f"{'≠ ' if differs else ''}{words}{'' if measure == '%' else ' '}{measure}".strip()


def _document(one: Compared) -> dict[str, object]:
    def text(value: object) -> str | None:
        return None if value is None else str(value).replace(",", "")

    return {
        "code": one.claim.code,
        "label": in_language(one.claim.labels, language(), one.claim.code),
        "measure": one.claim.measure,
        "planned": text(one.claim.planned),
        "planned_computed": text(one.planned),
        "planned_differs": one.planned_differs,
        "done": text(one.claim.done),
        "done_computed": text(one.done),
        "done_differs": one.done_differs,
        "completion": text(one.completion),
        "source": one.claim.source,
    }


COMMANDS = {"claims": claims}
