"""Through a whole season on a floor, no name and no number of a list is found where it must not be."""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from cati.base import logging as program_log
from cati.domain.exports import FORMATS, What
from cati.domain.list_checks import SIZE
from cati.domain.programmes import MAIL, Group
from cati.domain.review import Verdict
from cati.domain.users import Role
from cati.services import (
    draws,
    exemptions,
    exports,
    floor,
    frames,
    mailing,
    passwords,
    programmes,
    retiring,
    review,
    scoring,
    users,
    verdicts,
    wishes,
)
from cati.station.outbox import Outbox
from cati.station.sender import Sender
from cati.station.writing import ThroughOutbox
from tests.services.bureau import list_rows, write_list
from tests.services.floors import Floor, clear
from tests.services.guangxi import Row, staff_list
from tests.station.desk import ANSWERS
from tests.station.office import PARTIES, PUBLIC, programme_of, runner_of

CODE = "canary"
NUMBERS = ("13876543210", "13876543211", "13876543212")
UNUSABLE = "1387654321x"
NAMES = ("金丝雀甲", "金丝雀乙", "金丝雀丙", "金丝雀丁")
SECRET = "canary never sung 7"


def canaries() -> list[bytes]:
    """Each as text and as PostgreSQL prints bytes."""
    words = [word.encode() for word in (*NUMBERS, UNUSABLE, *NAMES, SECRET)]
    return words + [word.hex().encode() for word in words]


def found_in(place: Path) -> list[str]:
    """Files of a folder, or parts of a workbook, in which one of them stands."""
    held = {}
    for file in place.rglob("*"):
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as book:
                held.update({f"{file.name}/{part}": book.read(part) for part in book.namelist()})
        elif file.is_file():
            held[file.name] = file.read_bytes()
    assert held
    return [name for name, content in held.items() if any(canary in content for canary in canaries())]


class Kept(BytesIO):
    """Stands for a temporary file; what was in it is kept beside."""

    folder: Path

    def close(self) -> None:
        (self.folder / f"{id(self)}.spool").write_bytes(self.getvalue())
        super().close()


def season(made: Floor, folder: Path) -> None:
    """Lists come in, one person is called and says all, a verdict is given, all is exported and copied."""
    bureau = made.enter("bureau")
    plain = programme_of(quotas=(1,))
    mailed = Group("mailed", "寄送对象", None, 0, minimum_list_size=5, list_kind=MAIL)
    lasting = replace(plain, code=CODE, mailed=(mailed,), settings=replace(plain.settings, expires=None))
    programme = programmes.store_programme(bureau, lasting)
    rows = list_rows("单位1", [*NUMBERS, UNUSABLE], group="对象1")
    for row, name in zip(rows[3:], NAMES, strict=True):
        row[1] = name
    report = frames.import_frame(bureau, programme, write_list(folder / "list.xlsx", {"对象1": rows}))
    assert [(one.rows, one.accepted) for one in report.lists.values()] == [(4, 3)]
    assert found_in(folder), "the list itself holds them"
    (folder / "list.xlsx").unlink()
    written_to = staff_list("单位1", [Row(1, NAMES[0], "人民路1号"), Row(2, NAMES[1], "")])
    frames.import_frame(bureau, programme, write_list(folder / "mail.xlsx", {"寄送对象": written_to}))
    (folder / "mail.xlsx").unlink()
    assert [one.addresses for one in mailing.progress(bureau, programme)] == [1]
    exemptions.grant(
        bureau, programme, "单位1", "mailed", SIZE, granted_by="考评办", document="函8号", reason="人数少"
    )
    exemptions.lift(bureau, programme, "单位1", "mailed", SIZE, "已补报")
    draws.draw(bureau, programme, parties=PARTIES, public=PUBLIC, out=folder / "draw")

    users.add_user(bureau, made.login("jin"), "金", {Role.OPERATOR}, SECRET)
    ctx = made.enter("jin", SECRET)
    passwords.change_password(ctx, SECRET, f"{SECRET} 8")
    clear(ctx, bureau, f"{SECRET} 8", CODE)
    programme = programmes.get(ctx, CODE)
    (folder / "outbox").mkdir()
    with closing(Outbox(folder / "outbox", ctx.clock.now)) as outbox:
        sender = Sender(outbox)
        writing = ThroughOutbox(ctx, programme, sender, patience=0)
        runner = runner_of(ctx, programme, folder, writing=writing)
        case = runner.claim()
        assert case is not None
        assert case.contact.name in NAMES
        runner.take(case)
        runner.dial()
        runner.connect()
        for value in ANSWERS:
            runner.answer(value)
        assert found_in(folder / "outbox") == []
        runner.keep()
        runner.settle("complete")
        while sender.send_first(ctx):
            pass
    assert wishes.of_number(bureau, programme, NUMBERS[0]) == ()

    (line,) = review.worklist(bureau, programme)
    verdicts.decide(bureau, programme, line.interview.interview_id, Verdict.ACCEPTED)
    programme = programmes.close_fieldwork(bureau, CODE)
    scoring.sign_off(bureau, programme, "区委组织部", "王干部")
    for what in What:
        for form in FORMATS[what]:
            target = folder / "exports" / f"{what}.{form}"
            target.parent.mkdir(exist_ok=True)
            exports.export(bureau, programme, what, target)
    floor.back_up(made.keeper, folder / "floor.dump")
    plain_copy = subprocess.run(
        ["pg_restore", "--file=-", str(folder / "floor.dump")], capture_output=True, check=True
    )
    (folder / "floor.sql").write_bytes(plain_copy.stdout)
    (folder / "certificate").mkdir()
    assert retiring.retire(bureau, CODE, CODE, folder / "certificate").destroyed.contacts == len(NUMBERS) + 1


def test_a_whole_season_leaves_no_name_and_no_number_where_it_must_not_be(
    made: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spools").mkdir()
    monkeypatch.setattr(Kept, "folder", tmp_path / "spools", raising=False)
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", lambda **_how: Kept())
    program_log.start(tmp_path / "logs")
    with made.server.connect("postgres") as connection:
        connection.execute(f"alter database {made.name} set log_statement = 'all'")
    try:
        season(made, tmp_path)
    finally:
        with made.server.connect("postgres") as connection:
            connection.execute(f"alter database {made.name} reset log_statement")
    said = made.server.kept.log()
    assert CODE in said
    (tmp_path / "server.log").write_text(said, "utf-8")
    assert len(list((tmp_path / "spools").iterdir())) > 1
    assert found_in(tmp_path) == []
