"""Personal data at a glance: requests of data subjects, breaches with their clock, the record of processing."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from app.domain import thai_date
from app.domain.errors import Unavailable
from app.services import (
    attachments,
    breaches,
    data_requests,
    destruction,
    person_export,
    privacy_guide,
    processing,
    retention,
)
from app.services.breaches import Breach
from app.services.data_requests import DataRequest
from app.services.processing import Activity
from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.records.lists import Asked, Deed, Listing, ListsPanel
from ui.widgets.notes import Note

MARKS = {"good": "•", "bad": "▲", "warn": "▲", "plain": "–"}
FILES = "เอกสาร PDF (*.pdf);;ข้อมูล JSON (*.json)"


def ask_target(panel: "PrivacyPanel", name: str) -> str:
    """The file that the officer chooses, or ""."""
    return QFileDialog.getSaveFileName(panel, "บันทึกข้อมูลของบุคคล", name, FILES)[0]


def ask_files(panel: "PrivacyPanel") -> list[str]:
    """The files that the officer chooses."""
    return QFileDialog.getOpenFileNames(panel, "เลือกไฟล์ที่จะแนบ")[0]


def ask_folder(panel: "PrivacyPanel") -> str:
    """The folder that the officer chooses, or ""."""
    return QFileDialog.getExistingDirectory(panel, "เลือกโฟลเดอร์ที่จะเก็บไฟล์")


class PrivacyPanel(ListsPanel):
    """Ctrl+N enters what the list in view holds."""

    def __init__(self, session: Session, note: Note, files: PaperFiles) -> None:
        super().__init__(session, note, files, "ข้อมูลส่วนบุคคล")
        self.ask_target = ask_target
        self.ask_files, self.ask_folder = ask_files, ask_folder

    def make(self) -> list[Listing]:
        """Requests, breaches, processing."""
        waits = data_requests.OPEN
        return [
            Listing("คำขอของเจ้าของข้อมูล", data_requests.listing, _request_row,
                    "ยังไม่มีคำขอ กด “รับคำขอ” (Ctrl+N) เมื่อมีผู้ใช้สิทธิ์ตามกฎหมาย", (
                Deed("รับคำขอ…", self._receive, alone=True, primary=True, tip="Ctrl+N"),
                Deed("ตรวจตัวบุคคล…", self._identity, lambda one: one.state == data_requests.RECEIVED),
                Deed("ตอบ…", self._answer, lambda one: one.state == data_requests.CHECKED),
                Deed("ปฏิเสธ…", self._refuse, lambda one: one.state in waits),
                Deed("ส่งออกข้อมูลของบุคคล…", self._export, lambda one: bool(one.number)
                     and one.state == data_requests.CHECKED, tip="PDF หรือ JSON การส่งออกถูกบันทึกไว้"),
                Deed("เสนอลบข้อมูล…", self._erase, lambda one: bool(one.number) and one.kind == "erasure"
                     and one.state == data_requests.CHECKED, tip="จัดทำรายการทำลายของเรื่องนี้ ให้อีกคนอนุมัติ"),
                Deed("แนบไฟล์…", self._attach, tip="หนังสือของผู้ขอ หรือสำเนาคำตอบ"),
                Deed("เปิดไฟล์แนบ…", self._save_files, lambda one: bool(one.files),
                     tip="เก็บลงโฟลเดอร์ที่เลือก การเปิดถูกบันทึกไว้"),
                Deed("ตั้งกำหนดเวลา…", self._period, alone=True),
            )),
            Listing("เหตุละเมิด (72 ชั่วโมง)", breaches.listing, _breach_row,
                    "ยังไม่มีเหตุละเมิด กด “บันทึกเหตุ” (Ctrl+N) ทันทีที่พบ เวลาเริ่มนับตั้งแต่พบ", (
                Deed("บันทึกเหตุ…", self._enter, alone=True, primary=True, tip="Ctrl+N"),
                Deed("ประเมินและแก้ไข…", self._change, lambda one: one.closed_at is None),
                Deed("แจ้ง สคส. แล้ว", partial(self._told, "commission"),
                     lambda one: one.closed_at is None and one.told_at is None),
                Deed("แจ้งเจ้าของข้อมูลแล้ว", partial(self._told, "people"),
                     lambda one: one.closed_at is None and one.people_told_at is None),
                Deed("พิมพ์แบบแจ้ง", lambda one: self.files.print(lambda: self._form(one), "แบบแจ้งเหตุละเมิด")),
                Deed("แบบแจ้ง PDF…", lambda one: self.files.save(lambda: self._form(one), "breach", ".pdf")),
                Deed("ปิดเหตุ", self._close, lambda one: one.closed_at is None),
            )),
            Listing("บันทึกรายการกิจกรรม (มาตรา 39)", lambda counter, actor: list(
                        processing.record(counter, actor).activities), _activity_row, "ยังไม่มีกิจกรรม กด “เพิ่ม”", (
                Deed("แก้ไข…", self._edit, primary=True),
                Deed("เพิ่ม…", lambda _none: self._edit(None), alone=True, tip="Ctrl+N"),
                Deed("นำออก", self._remove),
                Deed("พิมพ์", lambda _none: self.files.print(self._record, "บันทึกรายการ"), alone=True),
                Deed("PDF…", lambda _none: self.files.save(self._record, "processing", ".pdf"), alone=True),
            )),
        ]  # fmt: skip

    def begin_request(self) -> None:
        """Ctrl+N."""
        next(deed for deed in self.listing.deeds if deed.alone).act(None)

    def _receive(self, _none: object) -> None:
        counter, actor = self.session.counter, self.session.actor
        kinds = {code: f"{row['title']} ({row['section']})" for code, row in privacy_guide.requests().items()}
        self.ask("รับคำขอของเจ้าของข้อมูล", "รับคำขอ", [
            Asked("kind", "คำขอ", choices=kinds, required=True),
            Asked("name", "ชื่อผู้ขอ", required=True),
            Asked("contact", "ที่ติดต่อกลับ"),
            Asked("number", "เลขที่เรื่องของผู้ขอ (ถ้ามี)"),
            Asked("received_on", "วันที่รับ (เว้นว่าง = วันนี้)"),
            Asked("detail", "สิ่งที่ขอ", long=True),
        ], lambda given: data_requests.receive(
            counter, actor, given["kind"], name=given["name"], contact=given["contact"], number=given["number"].strip(),
            detail=given["detail"], received_on=given["received_on"]))  # fmt: skip

    def _identity(self, one: DataRequest) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.ask("ตรวจตัวบุคคล", "บันทึก", [
            Asked("how", "ตรวจด้วย", choices=dict(data_requests.HOWS), required=True), Asked("note", "หมายเหตุ"),
        ], lambda given: data_requests.check_identity(counter, actor, one.key, given["how"], given["note"]),
            f"{one.title} · {one.name}")  # fmt: skip

    def _answer(self, one: DataRequest) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.ask("ตอบคำขอ", "บันทึกคำตอบ", [Asked("answer", "สิ่งที่ทำและคำตอบ", long=True, required=True)],
                 lambda given: data_requests.answer(counter, actor, one.key, given["answer"]),
                 f"{one.title} · {one.name}")  # fmt: skip

    def _refuse(self, one: DataRequest) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.ask("ปฏิเสธคำขอ", "บันทึกการปฏิเสธ", [Asked("reason", "เหตุผล (อยู่ในบันทึกรายการมาตรา 39)", long=True,
                 required=True)], lambda given: data_requests.refuse(counter, actor, one.key, given["reason"]),
                 f"{one.title} · {one.name}")  # fmt: skip

    def _export(self, one: DataRequest) -> None:
        chosen = self.ask_target(self, "person.pdf")
        if not chosen:
            return
        counter, actor, paper, target = self.session.counter, self.session.actor, self.session.paper, Path(chosen)

        def write() -> None:
            found = person_export.of_case(counter, actor, one.number)
            is_json = target.suffix.lower() == ".json"
            content = found.text.encode() if is_json else paper.office_file(found, ".pdf")
            try:
                target.write_bytes(content)
            except OSError:
                raise Unavailable("out_folder", "เขียนไฟล์ลงโฟลเดอร์นั้นไม่ได้", "เลือกโฟลเดอร์อื่น หรือตรวจพื้นที่ดิสก์") from None

        self.do(write, f"เขียน {target.name} แล้ว ไฟล์นี้ไม่ได้เข้ารหัส มอบให้เจ้าของข้อมูลเท่านั้น")

    def _erase(self, one: DataRequest) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.ask("เสนอลบข้อมูลตามคำขอ", "จัดทำรายการทำลาย", [Asked("reason", "เหตุผล", one.title)],
                 lambda given: destruction.propose(
                     counter, actor, [one.number], reason=given["reason"], request=one.key),
                 f"เรื่อง {one.number} ของ {one.name} ลบได้แม้ยังไม่ครบอายุ เมื่ออีกคนอนุมัติแล้ว")  # fmt: skip

    def _attach(self, one: DataRequest) -> None:
        names = self.ask_files(self)
        if names:
            counter, actor = self.session.counter, self.session.actor
            self.do(lambda: data_requests.attach(
                counter, actor, one.key, [attachments.read_file(Path(name)) for name in names]
            ), f"แนบแล้ว {len(names)} ไฟล์")  # fmt: skip

    def _save_files(self, one: DataRequest) -> None:
        chosen = self.ask_folder(self)
        if not chosen:
            return
        counter, actor, folder = self.session.counter, self.session.actor, Path(chosen)

        def write() -> None:
            for place, file in enumerate(one.files, start=1):
                content = data_requests.content(counter, actor, one.key, file.sha256)
                try:
                    (folder / f"{place}-{file.name}").write_bytes(content)
                except OSError:
                    raise Unavailable("out_folder", "เขียนไฟล์ลงโฟลเดอร์นั้นไม่ได้", "เลือกโฟลเดอร์อื่น หรือตรวจพื้นที่ดิสก์") from None

        self.do(write, f"เก็บ {len(one.files)} ไฟล์ลง {folder.name} แล้ว ไฟล์เหล่านี้ไม่ได้เข้ารหัส")

    def _form(self, one: Breach) -> breaches.BreachForm:
        return breaches.form(self.session.counter, self.session.actor, one.key)

    def _period(self, _none: object) -> None:
        counter, actor = self.session.counter, self.session.actor
        whats = {code: str(row["title"]) for code, row in privacy_guide.requests().items()}
        self.ask("ตั้งกำหนดเวลาตอบ", "บันทึก", [
            Asked("what", "เรื่อง", choices={**whats, privacy_guide.BREACH: "แจ้งเหตุละเมิด (ชั่วโมง)"}),
            Asked("length", "จำนวนวัน (เหตุละเมิดเป็นชั่วโมง)", required=True), Asked("basis", "ฐานอ้างอิง", required=True),
        ], lambda given: privacy_guide.set_period(
            counter, actor, given["what"], _number(given["length"]), given["basis"]))  # fmt: skip

    def _enter(self, _none: object) -> None:
        counter, actor, now = (
            self.session.counter,
            self.session.actor,
            thai_date.local(self.session.counter.clock.now()),
        )
        self.ask("บันทึกเหตุละเมิด", "บันทึก", [
            Asked("found_on", "วันที่พบ", thai_date.short(now.date()), required=True),
            Asked("found_time", "เวลาที่พบ", f"{now:%H:%M}", required=True),
            *(Asked(name, label, long=most > 500, required=name == "what")
              for name, (label, most) in breaches.TEXTS.items()),
        ], lambda given: breaches.enter(counter, actor, **given))  # fmt: skip

    def _change(self, one: Breach) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.ask("ประเมินและแก้ไขเหตุละเมิด", "บันทึก", [
            Asked("risk", "ความเสี่ยงต่อเจ้าของข้อมูล", one.risk, choices=dict(breaches.RISKS)),
            *(Asked(name, label, getattr(one, name), long=most > 500)
              for name, (label, most) in breaches.TEXTS.items()),
        ], lambda given: breaches.change(counter, actor, one.key, **given))  # fmt: skip

    def _told(self, whom: str, one: Breach) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.do(lambda: breaches.told(counter, actor, one.key, whom), "บันทึกว่าแจ้งแล้ว")

    def _close(self, one: Breach) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.do(lambda: breaches.close(counter, actor, one.key), "ปิดเหตุแล้ว")

    def _edit(self, one: Activity | None) -> None:
        counter, actor = self.session.counter, self.session.actor
        needed, long = ("activity", "purpose", "basis"), ("data", "security")
        fields = [
            Asked(part, label, getattr(one, part) if one else "", long=part in long, required=part in needed)
            for part, label in processing.PARTS.items()
        ]
        if one is None:
            fields.insert(0, Asked("key", "รหัส (อังกฤษ เช่น cctv)", required=True))

        def save(given: dict[str, str]) -> None:
            key = one.key if one else given.pop("key")
            processing.save(counter, actor, key, **given)

        self.ask("กิจกรรมการประมวลผล", "บันทึก", fields, save)

    def _remove(self, one: Activity) -> None:
        counter, actor = self.session.counter, self.session.actor
        self.do(lambda: processing.remove(counter, actor, one.key), "นำกิจกรรมออกแล้ว")

    def _record(self) -> processing.ProcessingRecord:
        return processing.record(self.session.counter, self.session.actor)


def _number(text: str) -> int:
    digits = thai_date.to_arabic_digits(text).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else 0


def _request_row(one: DataRequest) -> tuple[str, str]:
    files = f"แนบ {len(one.files)} ไฟล์" if one.files else ""
    parts = (one.name, one.number, f"รับ {thai_date.short(one.received_on)}", one.state_text, one.identity, files,
             retention.reference(one.key))  # fmt: skip
    below = " · ".join(part for part in parts if part)
    return one.key, "\n".join(
        filter(None, [f"{MARKS[one.tone]} {one.title} · {one.due_text}", below, one.answer or one.detail])
    )


def _breach_row(one: Breach) -> tuple[str, str]:
    local = thai_date.local(one.found_at)
    found = f"พบ {thai_date.short(local.date())} {local:%H:%M}"
    below = " · ".join(part for part in (found, one.risk_text, one.people, retention.reference(one.key)) if part)
    return one.key, f"{MARKS[one.tone]} {one.clock}\n{below}\n{one.what}"


def _activity_row(one: Activity) -> tuple[str, str]:
    return one.key, f"{one.activity}\n{one.purpose} · {one.basis}\n{one.data} · เก็บ {one.retention}"
