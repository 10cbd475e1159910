"""Backups in the window: the files within reach, the plan with its second place, a rehearsal, and what is wrong."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtWidgets import QFileDialog

from app.domain import thai_date
from app.services import backup_plan, rehearsal, status
from app.services.backup_plan import Backup, PlanState
from app.services.counter import Counter
from app.services.model import Actor
from ui.campaign.paper_files import PaperFiles
from ui.keeping import _rehearsed
from ui.ports import Session
from ui.records.lists import Asked, Deed, Listing, ListsPanel
from ui.records.privacy import _number
from ui.widgets.labels import ThaiLabel
from ui.widgets.notes import Note

PLACES = {"first": "เครื่องนี้", "second": "ที่ที่สอง"}
NUMBERS = {
    "every_hours": "ทุกกี่ชั่วโมง (0 = เมื่อสั่งเท่านั้น)",
    "daily": "เก็บรายวันกี่ไฟล์",
    "weekly": "เก็บรายสัปดาห์กี่ไฟล์",
    "monthly": "เก็บรายเดือนกี่ไฟล์",
}


def ask_folder(panel: "BackupsPanel") -> str:
    """The folder on a USB disk or another machine, or ""."""
    return QFileDialog.getExistingDirectory(panel, "เลือกโฟลเดอร์บนดิสก์สำรอง")


class BackupsPanel(ListsPanel):
    """One list: the backups, the newest first."""

    def __init__(self, session: Session, note: Note, files: PaperFiles) -> None:
        super().__init__(session, note, files, "ข้อมูลสำรอง")
        self.ask_folder = ask_folder
        self.state = ThaiLabel()
        self.box.insertWidget(1, self.state)

    def make(self) -> list[Listing]:
        """The backups."""
        return [
            Listing("ไฟล์สำรองที่เข้าถึงได้", self._load, _row, "ยังไม่มีไฟล์สำรอง กด “สำรองเดี๋ยวนี้”", (
                Deed("สำรองเดี๋ยวนี้", self._back_up, alone=True, primary=True, tip="ไปทุกที่ที่เสียบอยู่"),
                Deed("ซ้อมกู้คืนไฟล์ล่าสุด", self._rehearse, alone=True, tip="เปิดและตรวจในที่แยกต่างหาก ข้อมูลจริงไม่เปลี่ยน"),
                Deed("ซ้อมไฟล์ที่เลือก", self._rehearse),
                Deed("ตั้งรอบและจำนวน…", self._plan, alone=True),
                Deed("เลือกที่ที่สอง (USB)…", self._second, alone=True),
                Deed("เลิกใช้ที่ที่สอง", self._no_second, alone=True),
            )),
        ]  # fmt: skip

    def refresh(self) -> None:
        """The list and what the plan has come to."""
        super().refresh()
        counter = self.session.counter
        self.session.tasks.query(self, lambda: _facts(counter), self.state.show_text, topic="plan")

    @staticmethod
    def _load(counter: Counter, _actor: Actor) -> list[Backup]:
        return backup_plan.listing(counter)

    def _back_up(self, _none: object) -> None:
        counter = self.session.counter
        self.note.say("info", "กำลังสำรองข้อมูล ใช้งานต่อได้ตามปกติ")
        self.session.tasks.query(
            self, lambda: f"สำรองแล้ว {len(backup_plan.run(counter))} แห่ง", self._done, self._failed, topic="work"
        )

    def _rehearse(self, one: Backup | None) -> None:
        counter, by = self.session.counter, self.session.actor.username
        file = one.file if one else None
        self.note.say("info", "กำลังซ้อมกู้คืน ใช้งานต่อได้ตามปกติ")

        def work() -> str:
            if file is None:
                return _rehearsed(counter, by)
            done = rehearsal.rehearse(counter, by, file)
            return f"{'ซ้อมกู้คืนผ่าน' if done.ok else '▲ ซ้อมกู้คืนไม่ผ่าน'} {file.name} {done.cases:,} เรื่อง"

        self.session.tasks.query(self, work, self._rehearsed, self._failed, topic="work")

    def _rehearsed(self, words: str) -> None:
        self.note.say("bad" if words.startswith("▲") else "good", words.removeprefix("▲ "))
        self.refresh()

    def _plan(self, _none: object) -> None:
        counter = self.session.counter
        self.session.tasks.query(self, lambda: backup_plan.read(counter), self._ask_plan, self._failed, topic="ask")

    def _ask_plan(self, plan: backup_plan.Plan) -> None:
        counter, actor = self.session.counter, self.session.actor
        named = {"every_hours": "every"}
        fields = [
            Asked(named.get(key, key), label, str(getattr(plan, key)), required=True) for key, label in NUMBERS.items()
        ]

        def save(given: dict[str, str]) -> object:
            every, daily, weekly, monthly = (_whole(given[named.get(key, key)]) for key in NUMBERS)
            wanted = replace(plan, every_hours=every, daily=daily, weekly=weekly, monthly=monthly)
            return backup_plan.change(counter, actor, wanted)

        self.ask("รอบและจำนวนของข้อมูลสำรอง", "บันทึก", fields, save)

    def _second(self, _none: object) -> None:
        if folder := self.ask_folder(self):
            self._place(folder, f"ตั้งที่ที่สองแล้ว จะสำรองลง {folder} ทุกครั้งที่เสียบ")

    def _no_second(self, _none: object) -> None:
        self._place("", "เลิกใช้ที่ที่สองแล้ว ไฟล์ที่สำรองไว้ยังอยู่บนดิสก์นั้น")

    def _place(self, folder: str, words: str) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.do(lambda: backup_plan.change(counter, actor, replace(backup_plan.read(counter), second=folder)), words)


def _facts(counter: Counter) -> str:
    """On a reader thread: the last success and failure, the second place, the rehearsal, and what to do."""
    state, now = backup_plan.state(counter), status.counter_status(counter)
    plan = state.plan
    often = f"ทุก {plan.every_hours} ชั่วโมง" if plan.every_hours else "เมื่อสั่งเท่านั้น"
    kept = f"เก็บรายวัน {plan.daily} รายสัปดาห์ {plan.weekly} รายเดือน {plan.monthly}"
    warnings = [text for text in (state.error, now.disk_warning, now.clock_warning) if text]
    return "\n".join([
        f"สำรองล่าสุด {_moment(state.last_at)} · {often} · {kept}",
        f"ที่ที่สอง: {_second_words(state)}",
        f"ซ้อมกู้คืนล่าสุด {_moment(state.rehearsed_at)}{_verdict(state)}",
        *(f"▲ {text}" for text in warnings),
    ])  # fmt: skip


def _second_words(state: PlanState) -> str:
    if not state.plan.second:
        return "▲ ยังไม่ได้ตั้ง ถ้าเครื่องนี้เสียหรือหาย ข้อมูลสำรองหายไปด้วย"
    here = "" if state.second_here else " · ▲ ไม่ได้เสียบอยู่ เสียบแล้วจะสำรองให้เอง"
    return f"{state.plan.second} สำรองล่าสุด {_moment(state.second_at)}{here}"


def _verdict(state: PlanState) -> str:
    if state.rehearsed_at is None:
        return " ควรซ้อมอย่างน้อยเดือนละครั้ง"
    return " ผ่าน" if state.rehearsed_well else " ▲ ไม่ผ่าน สำรองใหม่แล้วซ้อมอีกครั้ง"


def _moment(at: datetime | None) -> str:
    if at is None:
        return "ยังไม่เคย"
    local = thai_date.local(at)
    return f"{thai_date.short(local.date())} {local:%H:%M}"


def _whole(text: str) -> int:
    """What was typed, or -1, which the plan refuses at its field."""
    digits = thai_date.to_arabic_digits(text).strip()
    return _number(digits) if digits.isascii() and digits.isdigit() else -1


def _row(one: Backup) -> tuple[str, str]:
    size = f"{one.size / 1024 / 1024:,.1f} MB"
    return str(one.file), f"{_moment(one.made_at)} · {PLACES[one.place]} · {size}\n{one.file}"
