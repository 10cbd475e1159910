"""Lists of holidays as people type or paste them: a line a day, the date first, then its name."""

import re
from datetime import date

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text

_WEEKDAY = re.compile(r"^วัน(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|ศุกร์|เสาร์|อาทิตย์)ที่\s*")
_NUMBERED = re.compile(r"^[0-9๐-๙]{1,2}[.)]\s+")
_DATE = re.compile(
    r"^((?:วันที่\s*)?[0-9๐-๙]{1,4}\s*(?:[/.-]\s*[0-9๐-๙]{1,2}\s*[/.-]\s*[0-9๐-๙]{1,4}"
    r"|(?:เดือน\s*)?[ก-๙.]+?\s*(?:พ\.?\s?ศ\.?\s*)?[0-9๐-๙]{4}))(?:\s+|$)(.*)$"
)
LONGEST_NAME = 100


def read(text: str, field: str) -> list[tuple[date, str]]:
    """(day, name) of every line that is not empty. Refused with the number of the first line that cannot be read."""
    found = []
    for place, line in enumerate(text.splitlines(), start=1):
        line = _WEEKDAY.sub("", _NUMBERED.sub("", line.strip()))
        if not line:
            continue
        match = _DATE.match(line)
        try:
            day = thai_date.parse_date(match[1] if match else "", field=field)
            name = clean_text(match[2] if match else "", field, max_length=LONGEST_NAME)
        except Refused:
            hint = "ขึ้นต้นบรรทัดด้วยวันที่ เช่น 31 ธ.ค. 2569 วันสิ้นปี"
            raise Refused("holiday_line", f"อ่านบรรทัดที่ {place} ไม่ได้ ยังไม่ได้เพิ่มวันใด", hint, field) from None
        found.append((day, name))
    return found
