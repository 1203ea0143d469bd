"""The station's log and what never gets into it."""

import faulthandler
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base import logging
from cati.base.errors import CatiError


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    logging.start(tmp_path / "logs")
    yield tmp_path / "logs" / "cati.log"
    logging.stop()
    faulthandler.enable(2)


def test_a_line_has_time_level_event_and_fields(log: Path) -> None:
    logging.info("case_claimed", case_id=12, seconds=0.25, station="PC-1", state=None)
    time, *rest = log.read_text("utf-8").split()
    assert time.endswith("Z")
    assert rest == ["INFO", "case_claimed", "case_id=12", "seconds=0.25", "station=PC-1", "state=None"]


def test_a_field_that_is_not_on_the_list_is_named_without_its_value(log: Path) -> None:
    logging.info("answer_saved", answer="很不满意", password="hunter2", count=1)
    assert log.read_text("utf-8").endswith("INFO answer_saved answer=? password=? count=1\n")


def test_no_field_is_for_names_numbers_answers_or_credentials() -> None:
    free = {"name", "number", "phone", "answer", "value", "password", "secret", "message", "text", "url"}
    assert not logging.FIELDS & free


@given(st.from_regex(r"(\+86|0086|0)?1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "：", "("]))
def test_a_number_in_a_field_is_blotted_out(number: str, before: str) -> None:
    assert number[-9:] not in logging.without_numbers(f"电话{before}{number}。")


@pytest.mark.parametrize("number", ["0898-66551234", "138 0000 0000", "138-0000-0000", "6655123"])
def test_numbers_written_with_gaps_are_blotted_out_too(number: str) -> None:
    assert logging.without_numbers(f"to {number}, please") == "to #, please"


@pytest.mark.parametrize(
    "kept",
    [
        "0f8fad5b-d9cb-469f-a165-708677289501",
        "11111111-1111-1111-1111-111111111111",
        "2024-02-21",
        "2024-02-21T10:00:00",
        "yazhou-2023",
        "case 123456",
        "F1234567",
        "9b74c9897bac770ffc029102a200c5de",
    ],
)
def test_identifiers_and_dates_stay(kept: str) -> None:
    assert logging.without_numbers(kept) == kept


def test_a_number_as_an_integer_is_blotted_out_and_a_size_is_not(log: Path) -> None:
    logging.info("x", count=13800000000, bytes=123_456_789)
    assert log.read_text("utf-8").endswith("x count=# bytes=123456789\n")


def test_blanks_and_line_breaks_cannot_forge_a_line(log: Path) -> None:
    logging.info("x", station="PC 1\n2024 ERROR fault")
    assert log.read_text("utf-8").count("\n") == 1
    assert "station=PC_1_2024_ERROR_fault" in log.read_text("utf-8")


def test_a_long_field_is_cut(log: Path) -> None:
    logging.info("x", where="y" * 1000)
    assert len(log.read_text("utf-8")) < 300


def fail_saying(text: str) -> None:
    try:
        raise KeyError(text)
    except KeyError as behind:
        raise ValueError(text) from behind


def test_a_fault_is_logged_by_kind_and_place_never_by_its_words(
    log: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("ERROR cati: import_failed")
    with pytest.raises(ValueError, match="secret") as raised:
        fail_saying("secret words")
    reference = logging.fault("import_failed", raised.value)
    line = log.read_text("utf-8")
    assert f"fault={reference} error=ValueError<KeyError where=test_logging.py:" in line
    assert "fail_saying" in line
    assert "secret" not in line


def test_a_refusal_is_known_by_its_code() -> None:
    assert logging.kind_of(CatiError("no_contact_key", "…")) == "CatiError:no_contact_key"


def test_a_warning_is_a_warning(log: Path, expect_log: Callable[[str], None]) -> None:
    expect_log("WARNING cati: outbox_full count=3")
    logging.warning("outbox_full", count=3)
    assert " WARNING outbox_full count=3\n" in log.read_text("utf-8")


def test_the_log_turns_over_and_stays_small(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "_FILE_BYTES", 1000)
    logging.start(log.parent)
    for count in range(200):
        logging.info("case_claimed", count=count)
    files = sorted(log.parent.glob("cati.log*"))
    assert len(files) == 6
    assert all(file.stat().st_size <= 1000 for file in files)
    assert "count=199" in log.read_text("utf-8")


def test_a_folder_that_takes_no_log_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file is in the way", "utf-8")
    with pytest.raises(CatiError, match="log") as refused:
        logging.start(tmp_path / "logs")
    assert refused.value.code == "log_unwritable"


def test_whoever_makes_the_data_folder_for_the_log_keeps_it_to_its_owner(tmp_path: Path) -> None:
    logging.start(tmp_path / "data" / "logs")
    logging.stop()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_starting_anew_writes_to_the_new_place_only(log: Path, tmp_path: Path) -> None:
    logging.start(tmp_path / "other", "command")
    logging.info("moved")
    assert "moved" in (tmp_path / "other" / "command.log").read_text("utf-8")
    assert not log.exists()


@pytest.fixture
def hooks() -> Iterator[list[str]]:
    shown: list[str] = []
    before = sys.excepthook, threading.excepthook
    logging.install_hooks(shown.append)
    yield shown
    sys.excepthook, threading.excepthook = before


def test_what_nobody_caught_is_logged_and_shown(
    log: Path, hooks: list[str], expect_log: Callable[[str], None]
) -> None:
    expect_log("uncaught")
    with pytest.raises(ValueError, match="secret") as raised:
        fail_saying("secret")
    sys.excepthook(raised.type, raised.value, raised.tb)
    assert f"uncaught fault={hooks[0]}" in log.read_text("utf-8")


def test_a_thread_that_fails_is_logged_and_one_that_exits_is_not(
    log: Path, hooks: list[str], expect_log: Callable[[str], None]
) -> None:
    expect_log("uncaught")
    for target in (lambda: fail_saying("secret"), lambda: sys.exit(3)):
        thread = threading.Thread(target=target)
        thread.start()
        thread.join()
    assert len(hooks) == 1
    assert log.read_text("utf-8").count("uncaught") == 1


def test_interrupting_is_no_fault(log: Path, hooks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    passed_on: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, *_: passed_on.append(kind))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert passed_on == [KeyboardInterrupt]
    assert not hooks


def test_a_crash_leaves_the_place_it_happened(tmp_path: Path) -> None:
    program = (
        "import sys, os, signal; from pathlib import Path; from cati.base import logging\n"
        "logging.start(Path(sys.argv[1]))\n"
        "os.kill(os.getpid(), signal.SIGSEGV)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, capture_output=True)
    assert ended.returncode < 0
    assert "Segmentation fault" in (tmp_path / "cati.fault").read_text("utf-8")
