"""Codes in real pictures, made here by the libraries that print them, and what their texts are."""

import io
import random

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.graphics.shapes import Rect

from app.domain import payment_codes
from app.domain.errors import Refused, Unavailable
from app.intake import pictures
from app.intake.codes import Decoded, classify, decode_image

NUMBER = "KT1080767000011"
SLIP = f"https://counter.example.test/t/{NUMBER}/7K2QX9"
BARCODE = "|099999999999900\r123456701\r20260601\r260000"
BILL_QR = (
    "00020101021230640016A00000067701011201150999999999999000209123456701030820260601530376454072600.005802TH630469B9"
)
CITIZEN = "1101700230708"
GOODS = "8850999220017"
MODULE = 3


def png(picture, kind="PNG"):
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def qr(text, scale=5, **colours):
    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=scale, **colours)
    return out.getvalue()


def bars(kind, text):
    """A linear code as reportlab lays it out, three dots a module, with quiet zones."""
    drawing = createBarcodeDrawing(kind, value=text, barWidth=1, barHeight=60, humanReadable=False)
    picture = Image.new("L", (int(drawing.width + 40) * MODULE, 100 * MODULE), 255)
    draw = ImageDraw.Draw(picture)
    for shape in _rectangles(drawing.contents[0].provideNode()):
        if shape.fillColor is not None and shape.fillColor.rgb() == (0, 0, 0):
            left = round((shape.x + 20) * MODULE)
            draw.rectangle((left, 60, left + round(shape.width * MODULE) - 1, 240), fill=0)
    return picture


def _rectangles(group):
    for shape in getattr(group, "contents", ()):
        if isinstance(shape, Rect):
            yield shape
        yield from _rectangles(shape)


def opened(content):
    return Image.open(io.BytesIO(content)).convert("L")


@pytest.mark.parametrize("text", [SLIP, f"{NUMBER}/7K2QX9", CITIZEN, BILL_QR, "ไฟฟ้าสาธารณะ ๑๒๓", BARCODE])
def test_a_qr_is_read_exactly(text):
    assert decode_image(qr(text)) == [Decoded("qr", text)]


@pytest.mark.parametrize("kind", ["JPEG", "BMP", "GIF", "WEBP", "TIFF"])
def test_pictures_of_many_kinds(kind):
    assert decode_image(png(opened(qr(SLIP)), kind)) == [Decoded("qr", SLIP)]


def test_a_file_by_its_path(tmp_path):
    path = tmp_path / "ใบรับ คำร้อง.png"
    path.write_bytes(qr(SLIP))
    assert decode_image(path) == decode_image(str(path)) == [Decoded("qr", SLIP)]


def test_linear_codes():
    assert decode_image(png(bars("Code128", NUMBER))) == [Decoded("code128", NUMBER)]
    assert decode_image(png(bars("EAN13", GOODS))) == [Decoded("ean13", GOODS)]


def test_the_bill_barcode_keeps_its_carriage_returns():
    (found,) = decode_image(png(bars("Code128", BARCODE)))
    assert found == Decoded("code128", BARCODE)
    assert classify(found.text, found.format).parts["amount"] == "2600.00"


def test_several_codes_in_one_picture_each_once():
    sheet = Image.new("L", (900, 1000), 255)
    for place, text in enumerate((SLIP, CITIZEN, SLIP)):
        sheet.paste(opened(qr(text)), (20 + 290 * place, 20))
    sheet.paste(bars("Code128", NUMBER), (0, 400))
    found = decode_image(png(sheet))
    assert sorted(found, key=str) == sorted(
        [Decoded("qr", SLIP), Decoded("qr", CITIZEN), Decoded("code128", NUMBER)], key=str
    )


@pytest.mark.parametrize("angle", [7, 90, 180, 200])
def test_a_turned_slip_is_read(angle):
    turned = opened(qr(SLIP, scale=8)).rotate(angle, expand=True, fillcolor=255)
    assert decode_image(png(turned)) == [Decoded("qr", SLIP)]


def test_a_transparent_and_an_inverted_picture():
    assert decode_image(qr(SLIP, light=None)) == [Decoded("qr", SLIP)]
    assert decode_image(qr(SLIP, dark="white", light="black", border=4)) == [Decoded("qr", SLIP)]


def test_a_large_photograph_is_reduced_first():
    photograph = Image.new("L", (6000, 4500), 200)
    photograph.paste(opened(qr(SLIP, scale=20)), (1500, 1000))
    assert decode_image(png(photograph.filter(ImageFilter.GaussianBlur(3)), "JPEG")) == [Decoded("qr", SLIP)]


def noisy_slip(seed):
    """A slip with a tenth of its dots black or white by chance, as a bad camera in bad light gives it."""
    chance = random.Random(seed)
    picture = opened(qr(SLIP))
    dots = picture.load()
    for y in range(picture.height):
        for x in range(picture.width):
            if chance.random() < 0.1:
                dots[x, y] = chance.choice((0, 255))
    return picture


@pytest.mark.parametrize("seed", range(4))
def test_a_noisy_picture_is_softened_and_tried_again(seed):
    picture = noisy_slip(seed)
    assert pictures._by_zxing(picture) == []
    assert decode_image(png(picture)) == [Decoded("qr", SLIP)]


def test_the_second_reader_reads_the_same():
    for content, expected in (
        (qr(SLIP), Decoded("qr", SLIP)),
        (png(bars("Code128", NUMBER)), Decoded("code128", NUMBER)),
    ):
        assert pictures._by_zbar(opened(content)) == [expected]


def test_without_the_second_reader_the_first_does(monkeypatch):
    monkeypatch.setattr(pictures, "pyzbar", None)
    assert pictures._by_zbar(opened(qr(SLIP))) == []
    assert decode_image(png(Image.new("L", (50, 50), 255))) == []


@pytest.mark.parametrize("colour", [0, 128, 255])
def test_a_picture_without_a_code_gives_nothing(colour):
    picture = Image.new("RGB", (400, 300), (colour, 90, colour))
    ImageDraw.Draw(picture).ellipse((50, 50, 200, 200), fill=(200, 30, 30))
    assert decode_image(png(picture)) == []


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"%PDF-1.7\n", qr(SLIP)[:40], qr(SLIP)[:-60], b"\x89PNG\r\n\x1a\n" + b"\x00" * 50]
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(Refused) as refused:
        decode_image(content)
    assert (refused.value.code, refused.value.field) == ("not_a_picture", "file")
    assert refused.value.hint


def test_files_that_are_not_there_or_are_no_files(tmp_path):
    for source, code in (
        (tmp_path / "none.png", "file_missing"),
        ("\x00", "file_missing"),
        (tmp_path, "not_a_picture"),
    ):
        with pytest.raises(Refused) as refused:
            decode_image(source)
        assert refused.value.code == code
    with pytest.raises(Unavailable):
        decode_image(tmp_path / ("x" * 5000))


def test_a_picture_is_measured_before_it_is_unpacked(tmp_path):
    bomb = png(Image.new("1", (10_000, 7_000)))
    vast = png(Image.new("1", (20_000, 20_000)))
    long_file = tmp_path / "long.png"
    with long_file.open("wb") as file:
        file.truncate(41 * 1024 * 1024)
    for source in (bomb, vast, long_file):
        with pytest.raises(Refused) as refused:
            decode_image(source)
        assert refused.value.code == "picture_too_large"


def summary(text, **options):
    found = classify(text, **options)
    assert found.note
    return found.kind, found.value, found.valid


@pytest.mark.parametrize(
    "text", [SLIP, SLIP + "/", f"{NUMBER}/7K2QX9", f"http://10.0.0.5:8000/x/t/{NUMBER.lower()}/abcd-_1"]
)
def test_our_slip(text):
    assert summary(text) == ("request_slip", NUMBER, True)
    assert len(classify(text).parts["code"]) >= 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NUMBER, ("request_number", NUMBER, True)),
        (" kt1 080767 000011\r", ("request_number", NUMBER, True)),
        ("KT1310267000001", ("request_number", "KT1310267000001", False)),
        ("KT1310267000001/7K2QX9", ("request_slip", "KT1310267000001", False)),
        (CITIZEN, ("citizen_id", CITIZEN, True)),
        ("๑-๑๐๑๗-๐๐๒๓๐-๗๐-๘", ("citizen_id", CITIZEN, True)),
        ("1234567890123", ("citizen_id", "1234567890123", False)),
        (BILL_QR, ("thai_qr", "123456701", True)),
        (BILL_QR[:-1] + "A", ("thai_qr", BILL_QR[:-1] + "A", False)),
        (BARCODE, ("bill_barcode", "123456701", True)),
        (BARCODE.replace("\r", "\n") + "\n", ("bill_barcode", "123456701", True)),
        ("|0999", ("bill_barcode", "|0999", False)),
        ("https://example.test/x/" + NUMBER, ("url", "https://example.test/x/" + NUMBER, False)),
        ("", ("unknown", "", False)),
        ("สวัสดี", ("unknown", "สวัสดี", False)),
        ("11017002307080", ("unknown", "11017002307080", False)),
        ("javascript:alert(1)", ("unknown", "javascript:alert(1)", False)),
        ("http://[", ("unknown", "http://[", False)),
        (f"/t/{NUMBER}/7K2QX9", ("unknown", f"/t/{NUMBER}/7K2QX9", False)),
        ("https://example.test/t/hello/abcdef", ("url", "https://example.test/t/hello/abcdef", False)),
    ],
)
def test_what_a_text_is(text, expected):
    assert summary(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://imauth.bora.dopa.go.th/api/v2/oauth2/auth/?x=1", "thaid_link"),
        ("https://imauthsbx.bora.dopa.go.th/x", "thaid_link"),
        ("intent://imauth.bora.dopa.go.th/api#Intent;scheme=https;end;", "thaid_link"),
        ("thaid://anything", "thaid_link"),
        ("https://imauth.bora.dopa.go.th@evil.example/", "url"),
        ("https://imauth.bora.dopa.go.th.evil.example/", "url"),
        ("http://imauth.bora.dopa.go.th/", "url"),
    ],
)
def test_a_thaid_link_is_never_an_identity(text, kind):
    found = classify(text)
    assert (found.kind, found.valid, found.value) == (kind, False, text)


def test_goods_are_not_people():
    assert classify(CITIZEN, "ean13").kind == "unknown"
    assert classify(CITIZEN, "qr").kind == "citizen_id"


def test_payments_show_their_parts():
    for text in (BILL_QR, BARCODE):
        assert classify(text).parts == {
            "biller": "099999999999900",
            "ref1": "123456701",
            "ref2": "20260601",
            "amount": "2600.00",
        }
        assert "2,600.00 บาท" in classify(text).note
    open_amount = classify("|099999999999900\r1\r\r0")
    assert "amount" not in open_amount.parts
    assert "ไม่ระบุจำนวนเงิน" in open_amount.note


def test_a_bank_slip_is_only_a_reference():
    body = "00" + "43" + "0006000001" + "0103004" + "0222" + "0141234567890123ABCDEF" + "5102TH"
    slip = f"{body}9104{payment_codes.crc16(body + '9104'):04X}"
    assert classify(slip).kind == "slip_mini_qr"
    assert (classify(slip).value, classify(slip).valid) == ("0141234567890123ABCDEF", True)
    assert classify(slip).parts == {"bank": "004"}
    assert not classify(slip.replace("ABCDEF", "ABCDEG")).valid


@given(st.text(max_size=200) | st.from_regex(r"[|0-9A-Z/:t\r]{0,60}"))
def test_no_text_breaks_it_and_nothing_unchecked_is_valid(text):
    found = classify(text)
    assert found.kind
    assert not (found.valid and found.kind in ("url", "thaid_link", "unknown"))


def test_endless_text_is_cut():
    assert len(classify("ก" * 1_000_000).value) <= 1000
