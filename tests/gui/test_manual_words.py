"""The manual says what is so: its keys are keys, its words stand on screens, its commands exist."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click
import pytest
from babel.messages.pofile import read_po
from python_calamine import CalamineWorkbook

from cati.base import i18n, paths
from cati.cli.main import cati
from cati.cli.texts import Context
from cati.domain.claims import COUNTED, WORKED_OUT
from cati.domain.dispositions import DISPOSITIONS
from cati.files import programme_settings
from cati.files.programme_channels import CHANNEL_KINDS
from cati.files.programme_settings import DEADLINE
from cati.files.programme_template import NOTES
from cati.files.programme_words import COLUMNS, SHEETS, TYPES
from cati.gui.action import Action, Mode
from cati.gui.actions import ACTIONS
from cati.gui.manual import book
from cati.gui.manual.topics import CHAPTERS, TOPICS, topic
from cati.gui.office.directory import PLACES
from cati.gui.widgets.keycap import key_print
from tests.flow import manual_pictures

MANUAL = paths.resources() / "manual"
MOST_BYTES = 6_000_000
_CODE, _STRONG = re.compile(r"`([^`\n]+)`"), re.compile(r"\*\*([^*\n]+)\*\*")
# A key and right after it what it does, in a sentence or in the next column of a table.
_KEY_AND_WORDS = re.compile(r"((?:`[^`\n]+`[ ,、]*)+)(?: ?\| ?)?\*\*([^*\n]+)\*\*")
_LINK, _PICTURE = re.compile(r"[^!]\[[^\]]*\]\(([^)]+)\)"), re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


@pytest.fixture
def chapters(tongue: str) -> dict[str, str]:
    return {chapter.name: chapter.text for chapter in book.read(tongue)}


def printed(text: str) -> str:
    return key_print(text)


def keys_of(action: Action) -> set[str]:
    return {printed(key) for key in action.keys} | {action.printed, *action.printed.split()}


def on_screens(language: str) -> set[str]:
    """All words a screen may show."""
    with (MANUAL.parent / "locale" / "zh_CN" / "LC_MESSAGES" / "cati.po").open("rb") as lines:
        entries = [entry for entry in read_po(lines, locale="zh_CN") if entry.id and entry.string]
    said = [entry.id if language == "en" else entry.string for entry in entries]
    return {word for one in said if one for word in ((one,) if isinstance(one, str) else one)}


def in_workbooks() -> set[str]:
    """What a programme's workbook is made of."""
    words = {*CHANNEL_KINDS, *SHEETS, *TYPES.values(), *programme_settings.KNOWN, *DISPOSITIONS}
    words |= {*COUNTED, *WORKED_OUT}
    words |= {*(f"{DEADLINE}{name}" for name in ("lists", "draw", "report"))}
    for columns in COLUMNS.values():
        words |= set(columns)
    return words


def in_the_shipped_one() -> str:
    """What stands in the shipped workbook, and in the notes of a blank one."""
    book_of = CalamineWorkbook.from_path(str(MANUAL.parent / "programmes" / "yazhou-2023.xlsx"))
    cells = [
        cell
        for name in book_of.sheet_names
        for row in book_of.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    notes = [note for columns in NOTES.values() for note in columns.values()]
    return "\n".join([*(str(cell) for cell in cells), *notes])


def exists(words: list[str]) -> bool:
    """Whether there is such a command."""
    command: click.Command | None = cati
    for word in words:
        if not isinstance(command, click.Group):
            return False
        command = command.get_command(Context(command), word)
    return command is not None


def commands(command: click.Command, words: str) -> Iterator[str]:
    """A command and all below it, as they are typed."""
    if not isinstance(command, click.Group):
        yield words
        return
    if command.invoke_without_command:
        yield words
    for name in command.list_commands(Context(command)):
        below = command.get_command(Context(command), name)
        assert below is not None
        yield from commands(below, f"{words} {name}")


def codes(chapters: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in chapters.items():
        yield from ((name, code) for code in _CODE.findall(text))


def test_both_languages_have_every_chapter_and_no_other(tongue: str) -> None:
    assert {file.stem for file in (MANUAL / tongue).glob("*.md")} == set(CHAPTERS)
    assert len(CHAPTERS) == len(set(CHAPTERS))


def test_every_mode_has_a_purpose_and_leads_to_a_chapter() -> None:
    for mode in set(Mode) - {Mode.HELP, Mode.MANUAL}:
        assert TOPICS[mode].purpose
        assert topic((mode,)).chapter in CHAPTERS
    assert set(TOPICS).isdisjoint({Mode.HELP, Mode.MANUAL})
    assert topic((Mode.ASK, Mode.SCORES)).chapter == "scores"


def test_everything_set_as_a_key_or_a_name_is_one(chapters: dict[str, str]) -> None:
    keys = {key for action in ACTIONS for key in keys_of(action)}
    options = {"--help", "--json", *(name for option in cati.params for name in option.opts)}
    names, shipped = in_workbooks(), in_the_shipped_one()
    wrong = [
        (chapter, code)
        for chapter, code in codes(chapters)
        if printed(code) not in keys
        and code not in names
        and not (code.startswith("cati ") and exists(code.split()[1:]))
        and not (chapter == "workbook" and code in shipped)
        and code not in options
    ]
    assert wrong == []


def test_every_strong_word_stands_on_a_screen(chapters: dict[str, str], tongue: str) -> None:
    known = on_screens(tongue)
    wrong = [
        (name, word) for name, text in chapters.items() for word in _STRONG.findall(text) if word not in known
    ]
    assert wrong == []


def test_what_is_said_of_a_key_is_what_it_does(chapters: dict[str, str]) -> None:
    wrong = []
    for name, text in chapters.items():
        for found in _KEY_AND_WORDS.finditer(text):
            pressed = {printed(code) for code in _CODE.findall(found[1])}
            does = found[2]
            actions = [action for action in ACTIONS if i18n.translate(action.text) == does]
            outcome = next((d for d in DISPOSITIONS.values() if i18n.translate(d.label) == does), None)
            place = printed(places().get(does, "")) in pressed
            if (
                not any(pressed <= keys_of(action) for action in actions)
                and not place
                and (outcome is None or pressed != {outcome.key})
            ):
                wrong.append((name, found[0]))
    assert wrong == []


def places() -> dict[str, str]:
    """The key that leads to each place of the office, by the place's name."""
    return {i18n.translate(kind.title): f"Ctrl+{kind.digit}" for kind in PLACES}


def test_places_are_reached_by_the_digits_the_manual_says(chapters: dict[str, str]) -> None:
    said = re.findall(r"`(Ctrl\+[\dBO])` \| \*\*([^*]+)\*\*", chapters["overview"])
    here = i18n.translate(PLACES[0].title)
    assert {word: key for key, word in said} | {here: places()[here]} == places()


def test_every_command_stands_in_its_chapter(chapters: dict[str, str]) -> None:
    assert set(commands(cati, "cati")) - {"cati"} <= set(_CODE.findall(chapters["commands"]))


def test_links_lead_to_chapters(chapters: dict[str, str]) -> None:
    wanted = {link for text in chapters.values() for link in _LINK.findall(text)}
    assert wanted <= {f"{name}.md" for name in CHAPTERS}


def test_both_languages_say_as_much() -> None:
    for name in CHAPTERS:
        one, other = (book.chapter(language, name) for language in ("zh_CN", "en"))
        assert one.pictures == other.pictures, name
        for mark in ("\n## ", "\n| "):
            assert one.text.count(mark) == other.text.count(mark), (name, mark)


def test_pictures_are_there_used_and_small(chapters: dict[str, str], tongue: str) -> None:
    wanted = {picture for text in chapters.values() for picture in _PICTURE.findall(text)}
    assert wanted == {file.name for file in (MANUAL / tongue).glob("*.png")}
    assert sum(file.stat().st_size for file in MANUAL.rglob("*.png")) <= MOST_BYTES


def test_the_script_takes_every_picture_and_no_other(chapters: dict[str, str]) -> None:
    wanted = {picture for text in chapters.values() for picture in _PICTURE.findall(text)}
    script = inspect.getsource(manual_pictures)
    assert {f"{name}.png" for name in re.findall(r'grab\("([a-z-]+)"', script)} == wanted


def test_words_are_counted_as_they_are_read() -> None:
    read = book.Chapter(
        "x", "x", "# Dial\n\n![Dial](dial.png)\n\nPress `F1` to **dial**, [dial](dial.md).", ()
    )
    assert read.count("dial") == 4
    assert read.count("png") == 0
    assert read.count("") == 0
    assert "dial.png" not in read.without_pictures


def test_a_language_without_a_manual_gets_the_english_one() -> None:
    assert book.chapter("eo", CHAPTERS[0]) == book.chapter("en", CHAPTERS[0])


def test_pictures_come_as_wide_as_there_is_room_and_missing_ones_not_at_all() -> None:
    found = book.pictures("en", ["ready.png", "nothing.png"], 700)
    assert {name: picture.width() for name, picture in found.items()} == {"ready.png": 700}
