"""Says in words where the demonstration put its papers. Argument: the JSON document that `lao-counter demo` printed."""

import json
import sys
from pathlib import Path

FOUND = {
    "slip_png": "ใบรับคำร้อง (ภาพ) / slip, as a picture",
    "slip_bin": "ใบรับคำร้อง (คำสั่งเครื่องพิมพ์) / slip, as printer bytes",
    "petition_pdf": "ใบคำร้อง A4 / petition, A4",
    "screenshots": "ภาพหน้าจอ / screenshots",
}


def main(document: Path) -> None:
    """Print one line for each paper and picture."""
    result = json.loads(document.read_text(encoding="utf-8"))
    print(f"เลขคำร้อง / request number: {result['number']}")
    for key, words in FOUND.items():
        places = result[key] if isinstance(result[key], list) else [result[key]]
        for place in places:
            print(f"{words}: {Path(place).resolve()}")
    print(f"ส่งถึงเครื่องแม่ข่าย / sent to the central server: {'ใช่ / yes' if result['synced'] else 'ไม่ / no'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
