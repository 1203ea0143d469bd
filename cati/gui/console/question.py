"""The question: what to read, what to key, what was keyed last, help under a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.call import Call
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.interview import Piece, Script
from cati.gui import theme
from cati.gui.actions import Keys
from cati.gui.console.answers import Asides, Tiles, Written
from cati.gui.console.script import ScriptText
from cati.gui.console.side import WIDE, AnsweredSide
from cati.gui.console.words import answer_words, parts
from cati.gui.theme import px
from cati.gui.widgets.answers import Steps
from cati.gui.widgets.base import RIGHT, Painted
from cati.gui.widgets.button import Button, Kind
from cati.gui.widgets.icons import Icon
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.surface import Rule, Surface
from cati.gui.widgets.text import Text

FLASH_MS = 100
MARGIN = 60
# What lies left and right of the help on the screen, px at 100 %.
BESIDE_HELP = 16 + 18 + 60 + 14 + 26 + 12 + WIDE + 16
SELECTS = ("select_one", "select_multiple")
TYPED = ("text", "integer", "decimal")


class LastLine(Surface):
    """The answer given last, in one line with its key and its tick; a key press lights it for a moment."""

    def __init__(self, keys: Keys, stores: bool) -> None:
        self._stores = stores
        self._back = Button("", "Alt+Left", Kind.QUIET, 13, 28)
        self._back.setAccessibleName(_("Back"))
        self._back.clicked.connect(lambda: keys.trigger("back"))
        self._caption, self._title = Text(size=14, ink="ink2"), Text(size=15, elide=True)
        self._answer = Text(size=16, bold=True, elide=True)
        self._tick, self._saved = Icon("tick", "ok", 16), Text(_("saved"), 13, "ok", bold=True)
        self._hint = Text(_("A wrong key can be mended; later answers stay"), 13, "ink2", elide=True)
        line = self._row = row(
            self._back,
            self._caption,
            self._title,
            self._answer,
            self._tick,
            self._saved,
            None,
            self._hint,
            gap=9,
            margins=(8, 4, 14, 4),
        )
        super().__init__(line, "panel", "line", 6)
        # Laid out as high as it is, also where what is around it gives way.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(FLASH_MS)
        self._calm.timeout.connect(lambda: self.set_ground("panel"))

    def show_answer(self, caption: str, title: str, answer: str, saved: bool) -> None:
        """Show an answer; an empty title shows that there is none yet."""
        self._caption.set_text(caption)
        self._title.set_text(title)
        self._answer.set_text(answer)
        self._back.setVisible(bool(title))
        self._tick.setVisible(self._stores and bool(title))
        self._saved.setVisible(self._stores and bool(title))
        self.set_saved(saved)

    def set_saved(self, saved: bool) -> None:
        """Whether the answer is durable."""
        self._tick.set_icon("tick" if saved else "half", "ok" if saved else "ink2")
        self._saved.set_text(_("saved") if saved else _("saving"))
        self._saved.set_ink("ok" if saved else "ink2", True)

    def flash(self) -> None:
        """Show that a key arrived."""
        self.set_ground("soft", "accent")
        self._calm.start()

    def set_tight(self, tight: bool) -> None:
        """The hint goes where there is little room."""
        self._hint.setVisible(not tight)
        self._row.set_gap(6 if tight else 9)


class Help(QWidget):
    """What the item means, to be read only when it is asked; F3 opens and folds it."""

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._open, self._tight = True, False
        self._pieces: tuple[Piece, ...] = ()
        self._heading = Text(size=14, ink="ink2", bold=True)
        self._fold = Button("", "F3", Kind.QUIET, 13, 28)
        self._fold.clicked.connect(lambda: keys.trigger("explain"))
        self._text = Text(size=16, wrap=True, line_height=104)
        self.setLayout(column(row(self._heading, self._fold, None, gap=8), self._text, gap=2))

    def set_help(self, short: str, pieces: tuple[Piece, ...], read: bool) -> None:
        """Show the explanation of another question, or nothing; `read` if it may be read out."""
        self._pieces = pieces
        pattern = _("What “{item}” covers") if read else _("Note on “{item}”")
        self._heading.set_text(pattern.format(item=short))
        self._text.set_text(parts(pieces))
        self._follow()

    def reserve(self, texts: Iterable[tuple[Piece, ...]], width: int) -> None:
        """Keep room for the longest of these texts, so that nothing moves from item to item.

        Args:
            texts: the explanations of an interview.
            width: of the text, px.
        """
        probe = Text(size=16, wrap=True, line_height=104)
        most = 0
        for text in texts:
            probe.set_text(parts(text))
            most = max(most, probe.heightForWidth(width))
        self._text.setMinimumHeight(most)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The explanation."""
        return self._pieces

    @property
    def is_open(self) -> bool:
        """Whether it is unfolded."""
        return self._open

    def set_tight(self, tight: bool) -> None:
        """In a low window it folds to its heading, and opens beside the question."""
        if tight != self._tight:
            self._tight, self._open = tight, not tight
        self._follow()

    def turn(self) -> None:
        """Open or fold it."""
        self._open = not self._open
        self._follow()

    def _follow(self) -> None:
        self._text.setVisible(self._open and not self._tight)
        self._fold.set_words(_("fold") if self._open else _("open"))


class Beside(Painted, QWidget):
    """The word in the margin that says what to do with the script, beside its first line."""

    def __init__(self, script: ScriptText) -> None:
        super().__init__()
        self._script, self._word = script, ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.restyle()

    def set_text(self, word: str) -> None:
        """Another word, or the same beside another script."""
        self._word = word
        self.setAccessibleName(word)
        self.update()

    def restyle(self) -> None:
        """Take the width of the margin."""
        self.setFixedWidth(px(MARGIN))
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write it."""
        painter = self.begin()
        high = theme.current().metrics(13).height()
        line = QRectF(0, self._script.first_line() - high / 2, self.width(), high)
        self.write(painter, line, self._word, 13, "ink2", align=RIGHT)


class QuestionScreen(QWidget):
    """The paper with the question, and what was answered beside it.

    Args:
        keys: its buttons do the same as the keys.
        is_saved: whether the answer event of that number is durable; None in a preview, which stores nothing.
    """

    given = Signal(str)

    def __init__(self, keys: Keys, is_saved: Callable[[int], bool] | None) -> None:
        super().__init__()
        self._keys, self._is_saved = keys, is_saved or (lambda _seq: True)
        self._stores, self._tongue = is_saved is not None, ""
        self._call: Call | None = None
        self._last: tuple[str, int] | None = None
        self._seqs: dict[str, int] = {}
        self._picked: set[str] = set()
        self._explains = self._tight = self._keyed = False
        self._number, self._of = Text(size=18, bold=True), Text(size=14, ink="ink2")
        self._steps = Steps()
        self._short = Text(size=16, ink="ink2", elide=True)
        self._agree = Button(_("Set a time"), "F9", Kind.QUIET, 13, 28)
        self._agree.clicked.connect(lambda: keys.trigger("agree"))
        if not self._stores:
            self._agree.hide()
        self._line = LastLine(keys, self._stores)
        self.script = ScriptText()
        self.tiles, self._asides, self.written = Tiles(), Asides(), Written()
        self._enter = Button("", "Enter", Kind.PRIMARY, 16, 46)
        self._enter.clicked.connect(lambda: keys.trigger("next"))
        self.help = Help(keys)
        self.side = AnsweredSide(keys)
        self.tiles.given.connect(self.given)
        self._asides.given.connect(self.given)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()

    def _build(self) -> None:
        self._read = Beside(self.script)
        self._spoken = Holder(row(self._read, (self.script, 1), gap=14))
        self._over = Text(size=18, wrap=True)
        self._ended = Holder(row(_margin(""), (self._over, 1), gap=14))
        self._record = _margin(_("record"))
        self._not_read = Holder(row(_margin(_("not read")), (self._asides, 1), gap=14))
        self._when = _margin(_("if asked"), top=True)
        self._if_asked = Holder(row(self._when, (self.help, 1), gap=14))
        self._enter_holder = Holder(row(self._enter, None))
        self._answer_row = Holder(
            row(self._record, (self.tiles, 1), (self.written, 1), (self._enter_holder, 1), gap=14)
        )
        self._rule = Rule()
        head = row(self._number, self._of, 8, self._steps, None, self._short, self._agree, gap=8)
        self._sheet = column(
            head,
            self._line,
            (self._spoken, 1),
            (self._ended, 1),
            self._answer_row,
            self._not_read,
            self._rule,
            self._if_asked,
            gap=10,
            margins=(18, 12, 26, 12),
        )
        self._paper = Surface(self._sheet)
        self._page = row((self._paper, 1), self.side, gap=12, margins=(16, 10, 16, 10))
        self.setLayout(self._page)

    def speak(self, language: str) -> None:
        """Show the questionnaire in a language whatever the one in use; from the next call or question on."""
        self._tongue = self.side.spoken = language
        self._call = None

    @property
    def _language(self) -> str:
        return self._tongue or language()

    # ---- what it shows ---------------------------------------------------------------------------

    def begin(self, call: Call) -> None:
        """Another call begins; what was answered before it is durable."""
        self._last, self._seqs, self._picked = None, {}, set()
        self._call = None
        self.side.begin(call)
        if call.script is not None and not self._tight:
            script, spoken = call.script, self._language
            items = script.items(call.facts, call.answers)
            hints = [script.hint(item, call.facts, call.answers, spoken) for item in items]
            self.help.reserve(hints, self.width() - px(BESIDE_HELP))

    def take_focus(self) -> None:
        """Come back to where the answer is given."""
        (self.written.field if self.written.isVisibleTo(self) else self).setFocus()

    def answered(self, item: str, seq: int) -> None:
        """An answer was keyed: it stands in the last line from now on."""
        self._last = (item, seq)
        self._seqs[item] = seq
        self._keyed = True
        self._line.flash()

    def show_call(self, call: Call) -> None:
        """Show the question of this state."""
        assert call.script is not None
        before, self._call = self._call, call
        script, shown = call.script, call.shown
        items = script.items(call.facts, call.answers)
        self._show_head(call, script, items)
        self._show_last(call, script)
        if shown is None:
            self._show_end(call)
        elif before is None or before.shown != shown or before.answers != call.answers:
            self._show_question(call, script, shown)
        if self._keyed:
            self._keyed = False
            self._paint_now()
        self.side.show_answers(call, items, self._saved_items(call))

    def _paint_now(self) -> None:
        """Paint the question without waiting for the next frame or for anything else that is to be done."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        # What else of the screen has changed is painted with it.
        self.script.repaint()

    def show_saved(self) -> None:
        """Tick what became durable."""
        if self._call is None or self._call.script is None:
            return
        if self._last is not None:
            self._line.set_saved(self._is_saved(self._last[1]))
        items = self._call.script.items(self._call.facts, self._call.answers)
        self.side.show_answers(self._call, items, self._saved_items(self._call))

    def _saved_items(self, call: Call) -> frozenset[str]:
        return frozenset(name for name in call.answers if self._is_saved(self._seqs.get(name, 0)))

    def _show_head(self, call: Call, script: Script, items: tuple[str, ...]) -> None:
        short = script.short(call.shown, self._language) if call.shown else _("End")
        now = items.index(call.shown) + 1 if call.shown in items else 0
        self._number.set_text(_("Item {number}").format(number=now) if now else short)
        words = ngettext("of {count} item", "of {count} items", len(items)).format(count=len(items))
        self._of.set_text(words if items else _("The interview ends here"))
        self._short.set_text(short if now else "")
        self._steps.set_progress(len(items), now, sum(name in call.answers for name in items))

    def _show_last(self, call: Call, script: Script) -> None:
        before = self._before(call, call.path)
        name, seq = self._last or (before, 0)
        if not name or name not in call.answers:
            self._line.show_answer(_("Nothing answered yet"), "", "", True)
            return
        caption = _("Before this") if name == before else _("Just recorded")
        answer = answer_words(script, name, call.answers[name], self._tongue)
        self._line.show_answer(caption, script.short(name, self._language), answer, self._is_saved(seq))

    @staticmethod
    def _before(call: Call, path: tuple[str, ...]) -> str:
        if call.shown is None:
            return path[-1] if path else ""
        place = path.index(call.shown)
        return path[place - 1] if place else ""

    def _show_question(self, call: Call, script: Script, shown: str) -> None:
        question = script.question(shown)
        self._show_paper(True)
        self.script.set_pieces(script.text(shown, call.facts, call.answers, self._language))
        self._read.set_text(_("read") if question.script == "read" else _("not read"))
        offers = script.offers(shown, call.facts, self._language)
        given = call.answers.get(shown, "")
        several = question.type == "select_multiple"
        self._picked = set(given.split()) if several else set()
        chosen = given.split()
        asides = [offer for offer in offers if offer.aside]
        self.tiles.set_offers([offer for offer in offers if not offer.aside], chosen)
        self._asides.set_offers(asides, chosen)
        typed = question.type in TYPED
        # Before the field is hidden, or the focus would wander on into the notes.
        self.setFocus()
        self._layout(bool(offers), bool(asides), typed, several or question.type == "note")
        self._enter.set_words(_("Record these") if several else _("Read, go on"))
        if typed:
            self.written.ask(call.typed.get(shown, given), question.type != "text")
        hint = script.hint(shown, call.facts, call.answers, self._language)
        self._show_help(script.short(shown, self._language), hint, question.weight is not None)

    def _layout(self, tiles: bool, asides: bool, typed: bool, enter: bool) -> None:
        self.tiles.setVisible(tiles)
        self.written.setVisible(typed)
        self._enter_holder.setVisible(enter)
        self._record.set_text(_("record") if tiles or typed else "")
        self._not_read.setVisible(asides)

    def _show_help(self, short: str, pieces: tuple[Piece, ...], read: bool) -> None:
        self._rule.setVisible(bool(pieces))
        self._if_asked.setVisible(bool(pieces))
        self._when.set_text(_("if asked") if read else _("note"))
        self.help.set_help(short, pieces, read)
        if bool(pieces) != self._explains:
            self._explains = bool(pieces)
            if pieces:
                self._keys.bind("explain", self.explain)
            else:
                self._keys.unbind("explain")
        self._show_beside()

    def _show_paper(self, spoken: bool) -> None:
        """White paper and large type are for what is spoken; what the operator is told lies on grey."""
        self._paper.set_ground("sheet" if spoken else "panel")
        self._spoken.setVisible(spoken)
        self._ended.setVisible(not spoken)

    def _show_end(self, call: Call) -> None:
        outcome = call.outcome
        if outcome is not None and outcome.state == "ended" and outcome.disposition:
            result = _(DISPOSITIONS[outcome.disposition].label)
            words = _("The questions end here. Proposed outcome: {outcome}").format(outcome=result)
        else:
            words = _("All questions are answered.")
        self._over.set_text(words)
        self.script.set_pieces(())
        self.setFocus()
        self.tiles.set_offers((), ())
        self._show_paper(False)
        self._layout(False, False, False, True)
        self._enter.set_words(_("End the call, choose the outcome") if self._stores else _("Begin anew"))
        self._show_help("", (), False)

    # ---- what is typed ---------------------------------------------------------------------------

    def pick(self, name: str) -> None:
        """Choose or drop one answer of several."""
        assert self._call is not None
        assert self._call.script is not None
        assert self._call.shown is not None
        self._picked ^= {name}
        offers = self._call.script.offers(self._call.shown, self._call.facts, self._language)
        self.tiles.set_offers([offer for offer in offers if not offer.aside], list(self._picked))
        self._asides.set_offers([offer for offer in offers if offer.aside], list(self._picked))

    @property
    def picked(self) -> str:
        """The chosen answers of several."""
        return " ".join(sorted(self._picked))

    def explain(self) -> None:
        """Open or fold the help."""
        self.help.turn()
        self._show_beside()

    def _show_beside(self) -> None:
        beside = self._tight and self.help.is_open and bool(self.help.pieces)
        self.side.show_help(self.help.pieces if beside else ())

    def set_space(self, space: theme.Space) -> None:
        """Give way in the agreed order."""
        tight, scant = space >= theme.Space.TIGHT, space >= theme.Space.SCANT
        self._tight = tight
        self._page.set_upright(space is theme.Space.NARROW)
        self._steps.set_width(130 if scant else 250)
        self._page.set_margins((8, 6, 8, 6) if scant else (16, 10, 16, 10))
        self._sheet.set_margins((8, 4, 14, 4) if scant else (18, 12, 26, 12))
        self._line.set_tight(tight)
        self.tiles.set_tight(tight)
        self._asides.set_tight(tight)
        self.help.set_tight(tight)
        self.side.set_space(space)
        self._sheet.set_gap(3 if scant else 6 if tight else 10)
        self._show_beside()


def _margin(word: str, top: bool = False) -> Text:
    """A word in the left margin, as in a play script."""
    align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop if top else RIGHT
    return Text(word, 13, "ink2", width=MARGIN, align=align)
