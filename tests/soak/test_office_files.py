"""Office programs open what the program writes: LibreOffice every .xlsx and .docx, PSPP the .sav."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from cati.domain.exports import What
from cati.files.docx_charts import COLOURS
from cati.files.programme_template import write_template
from cati.services import ballots, exports, results, scoring
from tests.services.closed import Season, closed_season

UNIT = "区教育局"


@pytest.fixture
def season(furnished_file: Callable[..., Any]) -> Season:
    found: Season = furnished_file(closed_season)
    return found


def run(*words: str | Path) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, timeout=300, check=True)
    return done.stdout.decode("utf-8", "replace")


def as_pdf(folder: Path, files: Sequence[Path]) -> dict[Path, Path]:
    """What LibreOffice makes of files; those of one kind at a time, since names differ only within a kind."""
    found: dict[Path, Path] = {}
    for ending in (".docx", ".xlsx"):
        kind, out = [file for file in files if file.suffix == ending], folder / f"pdf{ending}"
        run(
            "soffice", f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", "pdf",
            "--outdir", out, *kind,
        )  # fmt: skip
        found |= {file: out / f"{file.stem}.pdf" for file in kind}
    return found


def pixels(pdf: Path) -> Iterator[bytes]:
    """The colours of all pages, three bytes a point."""
    run("pdftoppm", "-r", "40", pdf, pdf.with_suffix(""))
    for page in pdf.parent.glob(f"{pdf.stem}*.ppm"):
        data = page.read_bytes().split(b"\n", 3)[3]
        yield from (data[at : at + 3] for at in range(0, len(data), 3))


def test_libreoffice_opens_every_workbook_and_paper(season: Season, tmp_path: Path) -> None:
    ctx, loaded = season
    scoring.sign_off(ctx, loaded, "区委组织部", "王干部")
    papers = tmp_path / "papers"
    results.write_results(ctx, loaded, papers)
    units = papers / "units"
    words = {
        papers / "yazhou-2023-report.docx": [UNIT, "Ranking", "Annex 3", "RR6", "— 1 —"],
        papers / "yazhou-2023-scores.xlsx": [UNIT, "服务对象", "内容10"],
        units / f"01-{UNIT}.docx": [UNIT, "Score and place", "内容10", "*"],
        units / f"01-{UNIT}.xlsx": [UNIT, "Final score"],
    }
    for what in (What.INTERVIEWS, What.ATTEMPTS, What.RATES, What.PROBLEMS):
        path = tmp_path / f"{what}.xlsx"
        exports.export(ctx, loaded, what, path)
        words[path] = {What.INTERVIEWS: [UNIT], What.RATES: ["rr6"]}.get(what, [])
    form = tmp_path / "form.xlsx"
    ballots.write_form(ctx, loaded, "public", 3, form)
    words[form] = [UNIT]
    template = tmp_path / "template.xlsx"
    write_template(template)
    words[template] = ["list_name"]
    made = as_pdf(tmp_path, list(words))
    for file, pdf in made.items():
        text = "".join(run("pdftotext", pdf, "-").split())
        assert [word for word in words[file] if word.replace(" ", "") not in text] == [], file.name
    # A chart that could not be drawn leaves a blank box: its bars have to be on paper.
    bar = bytes.fromhex(COLOURS[0].removeprefix("#"))
    for file in (papers / "yazhou-2023-report.docx", units / f"01-{UNIT}.docx"):
        assert sum(point == bar for point in pixels(made[file])) > 500, file.name


def test_pspp_reads_the_answers_with_their_labels(season: Season, tmp_path: Path) -> None:
    ctx, loaded = season
    path = tmp_path / "interviews.sav"
    exports.export(ctx, loaded, What.INTERVIEWS, path)
    script = tmp_path / "read.sps"
    script.write_text(
        f"GET FILE='{path}'.\nDISPLAY DICTIONARY.\nFREQUENCIES /VARIABLES=item1 unit.\n", "utf-8"
    )
    text = run("pspp", "-O", "format=txt", script)
    assert "error" not in text.lower()
    assert "内容1" in text
    assert UNIT in text
    # Of the staff 0, 1, 2, 3, 3 are very dissatisfied, of those served 0 to 4: 19 of 45.
    rows = [line.replace("|", " ").split() for line in text.splitlines()]
    assert ["满意", "26"] in [row[-5:-3] for row in rows]
    assert ["很不满意", "19"] in [row[-5:-3] for row in rows]
