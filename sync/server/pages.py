"""The citizens' pages as HTML: Thai, small, readable on an old phone, nothing loaded from elsewhere.

They show status, date and division only, never a name.
"""

from dataclasses import dataclass
from html import escape

STYLE = """
:root{--ink:#17252f;--soft:#5b6b77;--line:#d9e1e6;--page:#f3f6f7;--card:#fff;--main:#0b6b5d;--bad:#9a3412}
@media(prefers-color-scheme:dark){:root{--ink:#e8eef1;--soft:#9fb0ba;--line:#31424d;--page:#10191f;--card:#18242c;
--main:#4fc3ad;--bad:#fdba74}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:18px/1.6 "Sarabun","Noto Sans Thai","Leelawadee UI","Thonburi",sans-serif}
main{max-width:30rem;margin:0 auto;padding:1.5rem 1rem 3rem}
header{color:var(--soft);font-size:.9rem;margin-bottom:1rem}
h1{font-size:1.5rem;line-height:1.35;margin:0 0 1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.9rem;padding:1.25rem}
label{display:block;font-weight:600;margin:0 0 .25rem}
input{width:100%;font:inherit;font-size:1.2rem;color:inherit;background:transparent;border:2px solid var(--line);
border-radius:.6rem;padding:.55rem .75rem;margin-bottom:1rem}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--main);outline-offset:2px}
button{width:100%;font:inherit;font-weight:700;font-size:1.1rem;border:0;border-radius:.6rem;padding:.7rem;
background:var(--main);color:var(--card);cursor:pointer}
dl{margin:0;display:grid;gap:.9rem}dt{color:var(--soft);font-size:.9rem}dd{margin:0;font-weight:600;font-size:1.15rem}
.number{font-size:1.35rem;letter-spacing:.03em;overflow-wrap:anywhere}.status{color:var(--main)}
.note{color:var(--soft);font-size:.95rem;margin:1rem 0 0}.bad{color:var(--bad);font-weight:600;margin:0 0 1rem}
a{color:var(--main)}
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a citizen may know of a case: dates are ready Thai texts."""

    office: str
    number: str
    status: str
    status_on: str
    registered_on: str
    due_on: str
    division: str


def form(message: str = "", number: str = "") -> str:
    """The page where a citizen types the number and four digits; `message` says what was wrong."""
    bad = f'<p class="bad" role="alert">{escape(message)}</p>' if message else ""
    return page(
        "ติดตามเรื่อง",
        f"""<h1>ติดตามเรื่องที่ยื่นไว้</h1><form class="card" method="post" action="/track">{bad}
<label for="number">เลขที่คำร้อง</label>
<input id="number" name="number" value="{escape(number)}" maxlength="24" required autocomplete="off"
 autocapitalize="characters" spellcheck="false" placeholder="เช่น KT1080767000011">
<label for="last4">เบอร์โทรศัพท์ 4 ตัวท้าย</label>
<input id="last4" name="last4" maxlength="4" required inputmode="numeric" autocomplete="off">
<button>ค้นหา</button>
<p class="note">เลขที่คำร้องอยู่บนใบรับคำร้อง ถ้าไม่ได้ให้เบอร์โทรศัพท์ไว้ ใช้เลขประจำตัวประชาชน 4 ตัวท้าย</p></form>""",
    )


def progress(found: Progress, genuine: bool = False) -> str:
    """Where the case stands."""
    rows = [
        ("เลขที่คำร้อง", found.number, "number"),
        ("สถานะ", found.status, "status"),
        ("ปรับปรุงเมื่อ", found.status_on, ""),
        ("วันที่ยื่น", found.registered_on, ""),
        ("กำหนดแล้วเสร็จ", found.due_on, ""),
        ("หน่วยงานที่รับผิดชอบ", found.division, ""),
    ]
    items = "".join(
        f'<div><dt>{label}</dt><dd class="{kind}">{escape(text)}</dd></div>' for label, text, kind in rows if text
    )
    proof = '<p class="note status">ใบรับนี้ออกโดยหน่วยงานจริง</p>' if genuine else ""
    return page(
        "ผลการติดตามเรื่อง",
        f'<h1>ผลการติดตามเรื่อง</h1><div class="card"><dl>{items}</dl>{proof}</div>{_AGAIN}',
        found.office,
    )


def on_its_way(office: str, number: str) -> str:
    """A genuine slip whose case has not come to the server yet: the counter was offline."""
    body = f"""<h1>ใบรับถูกต้อง</h1><div class="card"><dl><div><dt>เลขที่คำร้อง</dt>
<dd class="number">{escape(number)}</dd></div></dl>
<p class="note">หน่วยงานรับเรื่องนี้แล้ว ข้อมูลกำลังส่งมาจากเคาน์เตอร์ กรุณากลับมาดูอีกครั้งภายหลัง</p></div>{_AGAIN}"""
    return page("ใบรับถูกต้อง", body, office)


def not_genuine() -> str:
    """A link whose code does not fit its number."""
    body = f"""<h1>ตรวจใบรับนี้ไม่ได้</h1><div class="card"><p class="bad">เลขที่และรหัสบนใบรับไม่ตรงกัน</p>
<p class="note">สแกน QR บนใบรับอีกครั้ง หรือสอบถามหน่วยงานที่ออกใบรับ</p></div>{_AGAIN}"""
    return page("ตรวจใบรับไม่ได้", body)


def wait() -> str:
    """Somebody tries too often."""
    body = """<h1>กรุณารอสักครู่</h1><div class="card"><p>มีการค้นหาหลายครั้งเกินไป กรุณารอ 15 นาที แล้วลองใหม่</p></div>"""
    return page("กรุณารอสักครู่", body)


_AGAIN = '<p class="note"><a href="/track">ติดตามเรื่องอื่น</a></p>'


def page(title: str, body: str, office: str = "") -> str:
    """A whole page around `body`, which is HTML."""
    return f"""<!doctype html><html lang="th"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>{escape(title)}</title><style>{STYLE}</style></head>
<body><main><header>{escape(office or "ศูนย์บริการประชาชน องค์กรปกครองส่วนท้องถิ่น")}</header>{body}</main></body></html>"""
