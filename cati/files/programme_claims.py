"""The claims of a programme workbook: what a report says was planned and done."""

from __future__ import annotations

from collections.abc import Iterable

from cati.base.i18n import mark as N_
from cati.domain.claims import COUNTED, WORKED_OUT, Amount, Claim, read_amount
from cati.files.programme_sheets import Problems, Row, Sheet
from cati.files.programme_survey import check_names, needed_labels, parts


def read_claims(
    sheet: Sheet | None,
    languages: set[str],
    channels: Iterable[str],
    problems: Problems,
) -> tuple[Claim, ...]:
    """The rows of the sheet `claims`.

    Args:
        sheet: None without one.
        languages: of the questionnaire.
        channels: codes.
        problems: where problems go.
    """
    if sheet is None:
        return ()
    check_names(sheet.rows, "code", problems)
    codes = {row["code"] for row in sheet.rows}
    counted = {"web": set(channels), "ballots": set(channels)}
    found = []
    for row in sheet.rows:
        figure, of = row["figure"], parts(row["of"])
        if figure and figure not in (*COUNTED, *WORKED_OUT):
            message = N_("“{text}” must be one of {known}.")
            problems.at(row, "figure", message, text=figure, known=", ".join([*COUNTED, *WORKED_OUT]))
        known = codes - {row["code"]} if figure in WORKED_OUT else counted.get(figure, set())
        # A series may have its units from another file, or none yet.
        for name in of if figure != "units" else ():
            if name not in known:
                problems.at(row, "of", N_("There is no “{name}” that this can be about."), name=name)
        if len(of) != {"share": 2, "completion": 1}.get(figure, len(of)):
            problems.at(row, "of", N_("A share is of two rows, a completion of one."))
        found.append(
            Claim(
                row["code"],
                needed_labels(row, "label", languages, problems),
                row["measure"],
                _amount(row, "planned", problems),
                _amount(row, "done", problems),
                figure,
                of,
                row["source"],
            )
        )
    return tuple(found)


def _amount(row: Row, heading: str, problems: Problems) -> Amount | None:
    amount = read_amount(row[heading]) if row[heading] else None
    if row[heading] and amount is None:
        message = N_("“{text}” must be a number, with + after it if the report says “more than”.")
        problems.at(row, heading, message, text=row[heading])
    return amount
