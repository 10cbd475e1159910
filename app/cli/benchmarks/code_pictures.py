"""Pictures of codes as a counter sees them, made anew each time from numbers alone: nothing of a person is in them.

Every kind of code the counter knows, each in every hardship of a cheap camera: out of focus, shaken, turned, seen from
the side, dim, in a glare, noisy, small, badly compressed, crumpled light. And pictures that hold no code but look busy.
"""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.graphics.shapes import Rect

from app.domain import citizen_id, payment_codes

SIZE = (640, 480)
_INK_MARGIN = 20
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
Hardship = Callable[[Image.Image, random.Random], Image.Image]


@dataclass(frozen=True, slots=True)
class CodePicture:
    """A picture in grey and the truth about it. format: "qr" or "code128"; text and kind "" where there is no code."""

    name: str
    picture: Image.Image
    format: str = ""
    text: str = ""
    kind: str = ""
    valid: bool = False

    def png(self) -> bytes:
        """The picture as a file."""
        out = io.BytesIO()
        self.picture.save(out, "PNG")
        return out.getvalue()


def corpus(rounds: int = 2, seed: int = 0) -> Iterator[CodePicture]:
    """Every code in every hardship, `rounds` times with other texts, and beside them a sixth without any code."""
    for turn in range(rounds):
        for code, (format, kind, valid, make) in CODES.items():
            for hardship, spoil in HARDSHIPS.items():
                source = random.Random(f"{seed}/{turn}/{code}/{hardship}")
                text = make(source)
                scene = _scene(_drawn(format, text, source), source)
                yield CodePicture(f"{code}-{hardship}-{turn}", spoil(scene, source), format, text, kind, valid)
        for name, draw in EMPTY.items():
            for hardship in ("plain", "noisy", "out_of_focus", "turned", "dim"):
                source = random.Random(f"{seed}/{turn}/{name}/{hardship}")
                yield CodePicture(f"{name}-{hardship}-{turn}", HARDSHIPS[hardship](draw(source), source))


# the texts ---------------------------------------------------------------------------------------------------------


def _digits(source: random.Random, count: int) -> str:
    return "".join(source.choices("0123456789", k=count))


def _citizen(source: random.Random) -> str:
    body = str(source.randrange(1, 9)) + _digits(source, 11)
    return body + str(citizen_id.check_digit(body))


def _dashed(source: random.Random) -> str:
    digits = _citizen(source)
    return f"{digits[0]}-{digits[1:5]}-{digits[5:10]}-{digits[10:12]}-{digits[12]}"


def _number(source: random.Random) -> str:
    return f"KT1{source.randrange(1, 29):02d}{source.randrange(1, 13):02d}70{source.randrange(1, 999_999):06d}"


def _proof(source: random.Random) -> str:
    return "".join(source.choices(_LETTERS, k=6))


def _slip(source: random.Random) -> str:
    return f"https://counter.example.test/t/{_number(source)}/{_proof(source)}"


def _receipt(source: random.Random) -> str:
    return (
        f"https://counter.example.test/r/{source.randrange(1, 99)}/{source.randrange(1, 99_999):05d}/{_proof(source)}"
    )


def _tag(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"


def _with_crc(body: str, tag: str = "63") -> str:
    body += f"{tag}04"
    return body + f"{payment_codes.crc16(body):04X}"


def _amount(source: random.Random) -> str:
    return f"{source.randrange(1, 99_999)}.{source.randrange(100):02d}"


def _bill_qr(source: random.Random) -> str:
    bill = _tag("00", payment_codes.BILL_PAYMENT_AIDS[0]) + _tag("01", "099999999999900")
    bill += _tag("02", _digits(source, 9)) + _tag("03", _digits(source, 8))
    money = _tag("53", "764") + _tag("54", _amount(source)) + _tag("58", "TH")
    return _with_crc("000201010212" + _tag("30", bill) + money)


def _promptpay_qr(source: random.Random) -> str:
    account = _tag("00", payment_codes.PROMPTPAY_AIDS[0]) + _tag("01", "00668" + _digits(source, 8))
    return _with_crc("000201010211" + _tag("29", account) + _tag("53", "764") + _tag("58", "TH"))


def _damaged_qr(source: random.Random) -> str:
    whole = _bill_qr(source)
    return whole[:-4] + f"{int(whole[-4:], 16) ^ source.randrange(1, 0x10000):04X}"


def _slip_qr(source: random.Random) -> str:
    reference = _tag("00", "000001") + _tag("01", "006") + _tag("02", _digits(source, 18) + _proof(source))
    return _with_crc(_tag("00", reference) + _tag("51", "TH"), "91")


def _bill_barcode(source: random.Random) -> str:
    satang = source.randrange(100, 999_999)
    return f"|099999999999900\r{_digits(source, 9)}\r{_digits(source, 8)}\r{satang}"


CODES: dict[str, tuple[str, str, bool, Callable[[random.Random], str]]] = {
    "citizen": ("qr", "citizen_id", True, _citizen),
    "citizen_dashed": ("qr", "citizen_id", True, _dashed),
    "citizen_bars": ("code128", "citizen_id", True, _citizen),
    "slip": ("qr", "request_slip", True, _slip),
    "number_bars": ("code128", "request_number", True, _number),
    "receipt": ("qr", "receipt", True, _receipt),
    "bill_bars": ("code128", "bill_barcode", True, _bill_barcode),
    "bill_qr": ("qr", "thai_qr", True, _bill_qr),
    "promptpay_qr": ("qr", "thai_qr", True, _promptpay_qr),
    "damaged_qr": ("qr", "thai_qr", False, _damaged_qr),
    "bank_slip": ("qr", "slip_mini_qr", True, _slip_qr),
    "thaid": ("qr", "thaid_link", False, lambda source: f"https://imauth.bora.dopa.go.th/api/v2/?s={_proof(source)}"),
    "link": ("qr", "url", False, lambda source: f"https://example.test/{_proof(source)}"),
    "words": ("qr", "unknown", False, lambda source: f"โครงการถนนสายที่ {source.randrange(1, 99)}"),
}
"""Name -> symbol, what `classify` must say, whether it must call the text valid, and the text."""


# the scene ---------------------------------------------------------------------------------------------------------


def _drawn(format: str, text: str, source: random.Random) -> Image.Image:
    if format == "code128":
        return _bars(text, 2)
    out = io.BytesIO()
    segno.make(text, micro=False, error="m").save(out, kind="png", scale=source.choice((4, 5)), border=4)
    return Image.open(io.BytesIO(out.getvalue())).convert("L")


def _bars(text: str, module: int) -> Image.Image:
    """Code 128 as reportlab lays it out, so many dots a module, with quiet zones."""
    drawing = createBarcodeDrawing("Code128", value=text, barWidth=1, barHeight=60, humanReadable=False, quiet=0)
    picture = Image.new("L", (int(drawing.width + _INK_MARGIN) * module, 100), 255)
    draw = ImageDraw.Draw(picture)
    for shape in _rectangles(drawing.contents[0].provideNode()):
        if shape.fillColor is not None and shape.fillColor.rgb() == (0, 0, 0):
            left = round((shape.x + _INK_MARGIN / 2) * module)
            draw.rectangle((left, 10, left + round(shape.width * module) - 1, 89), fill=0)
    return picture


def _rectangles(group: Any) -> Iterator[Rect]:
    for shape in getattr(group, "contents", ()):
        if isinstance(shape, Rect):
            yield shape
        yield from _rectangles(shape)


def _scene(code: Image.Image, source: random.Random) -> Image.Image:
    """The code on a sheet with a few lines of print, on a table."""
    width, height = SIZE if code.width < SIZE[0] - 100 else (code.width + 140, SIZE[1])
    scene = Image.new("L", (width, height), source.randrange(70, 150))
    sheet = Image.new("L", (width - 60, height - 40), source.randrange(225, 255))
    draw = ImageDraw.Draw(sheet)
    for y in (12, 30, sheet.height - 30):
        draw.text((20, y), "".join(source.choices("abcdefgh 0123456789", k=70)), fill=60)
    code = ImageChops.multiply(code, Image.new("L", code.size, 250))
    left = source.randrange(sheet.width - code.width)
    sheet.paste(code, (left, 55 + source.randrange(max(1, sheet.height - code.height - 95))))
    scene.paste(sheet, (30, 20))
    return scene


# the hardships -----------------------------------------------------------------------------------------------------


def _plain(picture: Image.Image, source: random.Random) -> Image.Image:
    return picture


def _out_of_focus(picture: Image.Image, source: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(source.uniform(0.8, 1.9)))


def _shaken(picture: Image.Image, source: random.Random) -> Image.Image:
    far = source.choice((2, 3))
    moved = [ImageChops.offset(picture, step, step // 2) for step in range(far)]
    mixed = moved[0]
    for number, each in enumerate(moved[1:], start=2):
        mixed = Image.blend(mixed, each, 1 / number)
    return mixed


def _turned(picture: Image.Image, source: random.Random) -> Image.Image:
    return picture.rotate(source.uniform(-180, 180), Image.Resampling.BICUBIC, expand=True, fillcolor=110)


def _from_the_side(picture: Image.Image, source: random.Random) -> Image.Image:
    width, height = picture.size
    a, b, c, d = (source.uniform(0.0, 0.14) for _ in range(4))
    corners = (-a * width, -b * height, 0, height * (1 + c), width, height, width * (1 + d), -a * height)
    return picture.transform((width, height), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=110)


def _dim(picture: Image.Image, source: random.Random) -> Image.Image:
    contrast = source.uniform(0.08, 0.25)
    return _noisy(picture.point([round(14 + level * contrast) for level in range(256)]), source, 0.02)


def _in_a_glare(picture: Image.Image, source: random.Random) -> Image.Image:
    light = Image.radial_gradient("L").resize((700, 700)).point([max(0, 215 - 2 * level) for level in range(256)])
    glare = Image.new("L", picture.size, 0)
    glare.paste(light, (source.randrange(-350, 300), source.randrange(-350, 150)))
    return ImageChops.add(picture, glare)


def _in_shadow(picture: Image.Image, source: random.Random) -> Image.Image:
    slope = Image.linear_gradient("L").resize(picture.size).rotate(source.choice((0, 90, 180, 270)))
    return ImageChops.multiply(picture, slope.resize(picture.size).point([60 + level * 3 // 4 for level in range(256)]))


def _noisy(picture: Image.Image, source: random.Random, share: float = 0.22) -> Image.Image:
    grain = Image.frombytes("L", picture.size, source.randbytes(picture.width * picture.height))
    return Image.blend(picture, grain, share)


def _speckled(picture: Image.Image, source: random.Random) -> Image.Image:
    spoilt = picture.copy()
    draw = ImageDraw.Draw(spoilt)
    for _ in range(source.randrange(1_500, 6_000)):
        x, y, side = source.randrange(picture.width), source.randrange(picture.height), source.choice((0, 0, 1))
        draw.rectangle((x, y, x + side, y + side), fill=source.choice((0, 255)))
    return spoilt


def _small(picture: Image.Image, source: random.Random) -> Image.Image:
    share = source.uniform(0.45, 0.65)
    return picture.resize((round(picture.width * share), round(picture.height * share)), Image.Resampling.BILINEAR)


def _compressed(picture: Image.Image, source: random.Random) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=source.randrange(5, 14))
    return Image.open(io.BytesIO(out.getvalue())).convert("L")


def _bad_evening(picture: Image.Image, source: random.Random) -> Image.Image:
    """Held askew, not quite in focus, too little light."""
    askew = picture.rotate(source.uniform(-25, 25), Image.Resampling.BICUBIC, expand=True, fillcolor=110)
    return _dim(askew.filter(ImageFilter.GaussianBlur(source.uniform(0.6, 1.2))), source)


HARDSHIPS: dict[str, Hardship] = {
    "plain": _plain,
    "out_of_focus": _out_of_focus,
    "shaken": _shaken,
    "turned": _turned,
    "from_the_side": _from_the_side,
    "dim": _dim,
    "in_a_glare": _in_a_glare,
    "in_shadow": _in_shadow,
    "noisy": _noisy,
    "speckled": _speckled,
    "small": _small,
    "compressed": _compressed,
    "bad_evening": _bad_evening,
}


# pictures without a code -------------------------------------------------------------------------------------------


def _grain(source: random.Random) -> Image.Image:
    width, height = SIZE[0] // 4, SIZE[1] // 4
    return Image.frombytes("L", (width, height), source.randbytes(width * height)).resize(SIZE)


def _stripes(source: random.Random) -> Image.Image:
    picture = Image.new("L", SIZE, 255)
    draw, x = ImageDraw.Draw(picture), 10
    while x < SIZE[0] - 10:
        wide = source.choice((2, 4, 6, 8))
        draw.rectangle((x, source.randrange(50), x + wide - 1, SIZE[1] - source.randrange(1, 50)), fill=0)
        x += wide + source.choice((2, 4, 6, 8))
    return picture


def _print(source: random.Random) -> Image.Image:
    picture = Image.new("L", SIZE, 250)
    draw = ImageDraw.Draw(picture)
    for y in range(8, SIZE[1] - 16, 14):
        draw.text((8, y), "".join(source.choices("Il1|/ 0123456789 abcdmn", k=100)), fill=source.randrange(90))
    return picture


def _blocks(source: random.Random) -> Image.Image:
    """Squares in a grid, as a QR without its corners has them."""
    side = source.choice((4, 6, 8))
    dots = Image.new("L", (SIZE[0] // side, SIZE[1] // side), 255)
    dots.putdata([source.choice((0, 255)) for _ in range(dots.width * dots.height)])
    return dots.resize(SIZE, Image.Resampling.NEAREST)


EMPTY: dict[str, Callable[[random.Random], Image.Image]] = {
    "grain": _grain,
    "stripes": _stripes,
    "print": _print,
    "blocks": _blocks,
}
