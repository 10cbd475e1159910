"""How long things are kept and what is destroyed: what is due, lists with their approval, legal holds, the rules."""

from app.domain import thai_date
from app.services import destruction, retention, rights
from app.services.destruction import Certificate, Destruction
from app.services.model import Changes
from app.services.retention import Due, Hold, Rule
from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.records.lists import Asked, Deed, Listing, ListsPanel
from ui.records.privacy import _number
from ui.records.progress import StepsBar
from ui.widgets.notes import Note

NEVER_BACK = "ทำลายแล้วกู้คืนไม่ได้ เลขที่ จำนวนเงิน และบันทึกการใช้งานยังอยู่"


class RetentionPanel(ListsPanel):
    """Four lists; what is listed here is approved by somebody else."""

    def __init__(self, session: Session, note: Note, files: PaperFiles) -> None:
        super().__init__(session, note, files, "อายุการเก็บและการทำลาย")
        self.progress = StepsBar("ความคืบหน้าของการทำลาย", "เรื่อง")
        self.box.insertWidget(1, self.progress)

    def make(self) -> list[Listing]:
        """What is due, lists, holds, rules."""
        actor = self.session.actor
        keeps, approves = rights.may(actor, rights.KEEP_PRIVACY), rights.may(actor, rights.APPROVE_DESTRUCTION)
        lists = Listing("รายการทำลาย", destruction.listing, _list_row, "ยังไม่มีรายการทำลาย จัดทำได้จาก “ครบอายุการเก็บ”", (
            Deed("อนุมัติ…", self._approve, lambda one: approves and one.state == destruction.LISTED, primary=True,
                 tip="โดยผู้ที่ไม่ได้จัดทำรายการ"),
            Deed("ไม่อนุมัติ…", self._refuse, lambda one: approves and one.state == destruction.LISTED),
            Deed("ทำลายตามรายการ…", self._run, lambda one: keeps and one.state == destruction.APPROVED
                 and self.progress.steps is None, tip=NEVER_BACK),
            Deed("พิมพ์ใบรับรอง", self._print, lambda one: one.state == destruction.DONE),
            Deed("ใบรับรอง PDF…", self._pdf, lambda one: one.state == destruction.DONE),
        ))  # fmt: skip
        if not keeps:
            return [lists]
        return [
            Listing("ครบอายุการเก็บ", retention.due, _due_row, "ยังไม่มีเรื่องที่ครบอายุการเก็บ ไม่ต้องทำอะไร", (
                Deed("จัดทำรายการทำลาย…", self._propose, alone=True, primary=True, tip="ทุกเรื่องที่ครบอายุ ไม่เกิน 2,000 เรื่อง"),
                Deed("ระงับการทำลาย…", lambda one: self._hold(one.number)),
            )),
            lists,
            Listing("ระงับการทำลาย", retention.holds, _hold_row, "ไม่มีเรื่องที่ระงับ", (
                Deed("ระงับเรื่อง…", lambda _none: self._hold(""), alone=True, primary=True),
                Deed("เลิกระงับ", self._lift, lambda one: one.lifted_on is None),
            )),
            Listing("อายุการเก็บแต่ละประเภท", lambda counter, _actor: list(retention.rules(counter)), _rule_row, "", (
                Deed("เปลี่ยน…", self._rule, primary=True),
            )),
        ]  # fmt: skip

    def _propose(self, _none: object) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.ask("จัดทำรายการทำลาย", "จัดทำ", [Asked("reason", "เหตุผลหรือหมายเหตุ", "ครบอายุการเก็บ")],
                 lambda given: destruction.propose(counter, actor, reason=given["reason"]),
                 "รวมทุกเรื่องที่ครบอายุ แล้วให้ผู้มีสิทธิ์อีกคนอนุมัติ")  # fmt: skip

    def _approve(self, one: Destruction) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.ask("อนุมัติการทำลาย", "อนุมัติ", [Asked("order", "เลขที่และวันที่ของคำสั่งอนุมัติ", required=True)],
                 lambda given: destruction.approve(counter, actor, one.key, given["order"]),
                 f"{len(one.lines):,} เรื่อง จัดทำโดย {one.listed_name}")  # fmt: skip

    def _refuse(self, one: Destruction) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.ask("ไม่อนุมัติการทำลาย", "บันทึก", [Asked("reason", "เหตุผล", required=True)],
                 lambda given: destruction.refuse(counter, actor, one.key, given["reason"]))  # fmt: skip

    def _run(self, one: Destruction) -> None:
        going_on = f" ทำไปแล้ว {one.begun:,} เรื่อง จะทำต่อจากนั้น" if one.begun else ""
        told = f"{len(one.lines):,} เรื่อง ตามคำสั่ง {one.order} {NEVER_BACK}{going_on}"
        dialog = self.ask("ทำลายตามรายการ", "ทำลาย", [], lambda _given: None, told)
        dialog.accepted.connect(lambda: self._begin(one))

    def _begin(self, one: Destruction) -> None:
        """On a reader thread: registrations go on meanwhile, between two cases."""
        counter, actor, steps = self.session.counter, self.session.actor, self.progress.begin()
        self._offer()
        self.session.tasks.query(
            self, lambda: destruction.run(counter, actor, one.key, steps.told, steps.stopped), self._ended,
            self._not_ended, topic="destruction",
        )  # fmt: skip

    def _ended(self, one: Destruction) -> None:
        self.progress.end()
        if one.state == destruction.DONE:
            self._done(f"ทำลายแล้ว {len(one.destroyed):,} จาก {len(one.lines):,} เรื่อง พิมพ์ใบรับรองได้")
        else:
            self._done(f"หยุดแล้ว ทำลายไป {one.begun:,} จาก {len(one.lines):,} เรื่อง สั่งทำลายตามรายการเดิมเพื่อทำต่อ")

    def _not_ended(self, error: Exception) -> None:
        self.progress.end()
        self._failed(error)

    def _changed(self, changes: Changes) -> None:
        """Not after each of a thousand cases."""
        if self.progress.steps is None:
            super()._changed(changes)

    def _print(self, one: Destruction) -> None:
        self.files.print(lambda: self._certificate(one), "ใบรับรองการทำลาย")

    def _pdf(self, one: Destruction) -> None:
        self.files.save(lambda: self._certificate(one), "certificate", ".pdf")

    def _certificate(self, one: Destruction) -> Certificate:
        return destruction.certificate(self.session.counter, self.session.actor, one.key)

    def _hold(self, number: str) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.ask("ระงับการทำลาย", "ระงับ", [
            Asked("number", "เลขที่เรื่อง หรือรหัสรายการในทะเบียน", number, required=True),
            Asked("reason", "เหตุผล เช่น คดี การตรวจสอบ", required=True),
            Asked("order", "เลขที่หนังสือหรือคำสั่ง"),
        ], lambda given: retention.hold(
            counter, actor, given["number"].strip(), given["reason"], given["order"]))  # fmt: skip

    def _lift(self, one: Hold) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.do(lambda: retention.lift(counter, actor, one.number), "เลิกระงับแล้ว")

    def _rule(self, one: Rule) -> None:
        counter, actor = self.session.counter, self.session.actor
        unit = "จำนวนปี" if one.years else "จำนวนวัน"
        self.ask(f"อายุการเก็บ: {one.title}", "บันทึก", [
            Asked("length", unit, str(one.years or one.days), required=True),
            Asked("since", "เริ่มใช้ (เว้นว่าง = วันนี้)"), Asked("basis", "ฐานกฎหมายหรือคำสั่ง", one.basis, required=True),
            Asked("verified", "ตรวจกับกฎหมายแล้ว", "yes" if one.verified else "no",
                  choices={"no": "ยัง", "yes": "ตรวจแล้ว"}),
        ], lambda given: retention.set_rule(
            counter, actor, one.kind, _number(given["length"]), since=given["since"], basis=given["basis"],
            verified=given["verified"] == "yes"))  # fmt: skip


def _due_row(one: Due) -> tuple[str, str]:
    told = f"สิ้นสุด {thai_date.short(one.closed_on)} · เก็บถึง {thai_date.short(one.until)} · {one.basis}"
    return one.number, f"{retention.reference(one.number)}  {one.title}\n{told}"


def _list_row(one: Destruction) -> tuple[str, str]:
    mark = "▲" if one.state in (destruction.LISTED, destruction.APPROVED) else "•"
    left = len(one.lines) - len(one.destroyed)
    listed = f"จัดทำ {thai_date.short(one.listed_on)} โดย {one.listed_name}"
    begun = f" · ทำไปแล้ว {one.begun:,}" if one.begun and one.state == destruction.APPROVED else ""
    above = f"{mark} {one.state_text} · {len(one.lines):,} เรื่อง{begun} · {listed}"
    parts = [one.reason, f"{one.order} {one.approved_name}".strip(), f"ไม่ได้ทำลาย {left:,} เรื่อง" if left else ""]
    return one.key, "\n".join(filter(None, [above, " · ".join(part for part in parts if part)]))


def _hold_row(one: Hold) -> tuple[str, str]:
    state = f"เลิกระงับ {thai_date.short(one.lifted_on)}" if one.lifted_on else "▲ ระงับอยู่"
    below = f"{one.reason} {one.order} · {one.by} {thai_date.short(one.since)}"
    return one.number, f"{state}  {retention.reference(one.number)}\n{below}".strip()


def _rule_row(one: Rule) -> tuple[str, str]:
    length = f"{one.years} ปี" if one.years else f"{one.days} วัน"
    doubt = "" if one.verified else " · ▲ ยังไม่ได้ตรวจกับกฎหมาย"
    return one.kind, f"{one.title}: {length}{doubt}\n{one.basis} · ใช้ตั้งแต่ {thai_date.short(one.since)}"
