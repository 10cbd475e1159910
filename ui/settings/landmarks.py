"""The office's landmarks: points by which a place is named and found."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QLineEdit

from app.domain.errors import Refused
from ui.settings.section import RowsSection


class LandmarksSection(RowsSection):
    """A name and where it is."""

    def __init__(self) -> None:
        super().__init__(
            "จุดอ้างอิงของสำนักงาน", "วัด โรงเรียน สะพาน ใช้บอกว่าเรื่องอยู่ใกล้ที่ใด", "ยังไม่มีจุดอ้างอิง กด “เพิ่ม…” แล้วใส่ชื่อกับพิกัด",
            remove="ลบจุดนี้",
        )  # fmt: skip
        self._name, self._latitude, self._longitude = QLineEdit(), QLineEdit(), QLineEdit()
        self._name.setMaxLength(100)
        self.add("name", "ชื่อ", self._name, required=True)
        self.add("latitude", "ละติจูด", self._latitude, "องศาทศนิยม เช่น 7.911100", required=True)
        self.add("longitude", "ลองจิจูด", self._longitude, "องศาทศนิยม เช่น 98.333300", required=True)
        self.finish()

    def _marks(self) -> list[dict[str, Any]]:
        assert self.facts is not None
        return list(self.facts.document["landmarks"])

    def listed(self) -> Sequence[tuple[str, str]]:
        """In the office's order."""
        return [(row["name"], f"{row['name']}\n{row['latitude']:.6f}, {row['longitude']:.6f}") for row in self._marks()]

    def show_row(self, key: str) -> None:
        """A landmark, or empty fields."""
        row = next((row for row in self._marks() if row["name"] == key), None)
        self._name.setText(row["name"] if row else "")
        self._latitude.setText(f"{row['latitude']:.6f}" if row else "")
        self._longitude.setText(f"{row['longitude']:.6f}" if row else "")

    def wanted(self) -> dict[str, Any]:
        """The landmarks with this one."""
        if not self.text("name"):
            raise Refused("required", "ยังไม่ได้ใส่ชื่อ", "ใส่ชื่อจุดอ้างอิง", "name")
        row = {
            "name": self.text("name"),
            "latitude": self._degrees("latitude"),
            "longitude": self._degrees("longitude"),
        }
        if not self.key and any(one["name"] == row["name"] for one in self._marks()):
            raise Refused("landmark_known", "มีจุดอ้างอิงชื่อนี้แล้ว", "เลือกจากรายการเพื่อแก้ไข หรือใช้ชื่ออื่น", "name")
        others = [one for one in self._marks() if one["name"] not in (self.key, row["name"])]
        return {"landmarks": [*others, row]}

    def without(self) -> dict[str, Any]:
        """The landmarks without the marked one."""
        return {"landmarks": [one for one in self._marks() if one["name"] != self.key]}

    def _degrees(self, key: str) -> float:
        try:
            return float(self.text(key))
        except ValueError:
            raise Refused("degrees", "ต้องเป็นองศาทศนิยม", "เช่น 7.911100", key) from None
