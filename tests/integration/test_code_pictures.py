"""Hundreds of difficult pictures: our reader sees what zxing-cpp alone sees and more, and never a text that is not
there."""

import random
from collections import Counter
from itertools import islice

import pytest
import segno
import zxingcpp
from PIL import Image

from app.cli.benchmarks import code_pictures, scan
from app.cli.benchmarks.code_pictures import CODES, HARDSHIPS, corpus
from app.intake import pictures
from app.intake.codes import classify, decode_image

FEWEST_READ = 0.93


@pytest.fixture(scope="module")
def read():
    """Each picture of the corpus with what zxing-cpp alone and what our reader make of it."""
    found = []
    for sample in corpus(2):
        alone = zxingcpp.read_barcodes(sample.picture, formats=pictures.FORMATS, text_mode=zxingcpp.TextMode.Plain)
        found.append((sample, {code.text for code in alone}, decode_image(sample.png())))
    return found


def test_the_corpus_holds_every_kind_in_every_hardship(read):
    seen = {(sample.kind, sample.name.split("-")[1]) for sample, _, _ in read if sample.text}
    kinds = {kind for _, kind, _, _ in CODES.values()}
    assert kinds >= {"citizen_id", "request_slip", "receipt", "bill_barcode", "thai_qr", "slip_mini_qr", "thaid_link"}
    assert seen == {(kind, hardship) for kind in kinds for hardship in HARDSHIPS}
    assert len(read) >= 300
    assert sum(not sample.text for sample, _, _ in read) >= 30


def test_nothing_is_read_that_is_not_there(read):
    assert [(sample.name, found) for sample, _, found in read for code in found if code.text != sample.text] == []


def test_whatever_zxing_reads_alone_is_read(read):
    lost = [sample.name for sample, alone, ours in read if not alone <= {code.text for code in ours}]
    assert lost == []


def test_more_is_read_than_by_zxing_alone(read):
    codes = [(sample.text in alone, bool(found)) for sample, alone, found in read if sample.text]
    alone, ours = (sum(column) for column in zip(*codes, strict=True))
    assert ours > alone
    assert ours >= FEWEST_READ * len(codes)


def test_every_code_that_is_read_is_understood(read):
    understood = Counter()
    for sample, _, found in read:
        for code in found:
            scanned = classify(code.text, code.format)
            assert (scanned.kind, scanned.valid, code.format) == (sample.kind, sample.valid, sample.format), sample.name
            understood[sample.kind] += 1
    assert set(understood) == {kind for _, kind, _, _ in CODES.values()}


def test_a_thai_qr_with_a_bad_checksum_is_called_invalid(read):
    damaged = [classify(found[0].text) for sample, _, found in read if "damaged" in sample.name and found]
    assert len(damaged) >= 20
    assert {(scanned.kind, scanned.valid) for scanned in damaged} == {("thai_qr", False)}


def test_the_corpus_is_the_same_each_time():
    first, second = (
        [(sample.name, sample.text, sample.picture.tobytes()) for sample in islice(corpus(1, seed=5), 20)] for _ in "12"
    )
    assert first == second
    assert first != [(s.name, s.text, s.picture.tobytes()) for s in islice(corpus(1, seed=6), 20)]


@pytest.mark.parametrize("seed", range(60))
def test_grain_and_stripes_are_no_code(seed):
    source = random.Random(seed)
    grain = Image.frombytes("L", (320, 240), source.randbytes(320 * 240))
    stripes = code_pictures.EMPTY["stripes"](source)
    for picture in (grain, stripes):
        assert pictures.read(picture) == []
        assert pictures.read_frame(picture) == []


def test_a_linear_code_seen_on_few_lines_is_not_believed(monkeypatch):
    class Symbol:
        type, data, quality = "CODE128", b"8!", pictures._FEWEST_LINES - 1

    monkeypatch.setattr(pictures.pyzbar, "decode", lambda *_, **__: [Symbol])
    assert pictures._by_zbar(Image.new("L", (50, 50), 255)) == []
    Symbol.quality += 1
    assert [code.text for code in pictures._by_zbar(Image.new("L", (50, 50), 255))] == ["8!"]


def test_old_thai_bytes_are_thai_and_not_chinese(tmp_path):
    picture = tmp_path / "old.png"
    segno.make("ร้านไฟฟ้า 12".encode("cp874"), micro=False).save(str(picture), scale=5)
    (found,) = decode_image(picture)
    assert found.text == "ร้านไฟฟ้า 12"
    assert pictures._by_zbar(Image.open(picture).convert("L")) == []


def test_a_small_code_in_a_vast_picture_is_read():
    vast = Image.new("L", (5600, 4200), 230)
    sample = next(sample for sample in corpus(1) if sample.name == "slip-plain-0")
    vast.paste(sample.picture.resize((480, 360), Image.Resampling.BILINEAR), (3000, 2000))
    assert [code.text for code in pictures.read(vast)] == [sample.text]


def test_the_bench_tells_rates_and_time_beside_zxing_alone():
    result = scan.measure(1)
    assert result["n"] == 202
    assert (result["wrong"], result["misread"]) == (0, 0)
    assert result["read"] >= result["read_by_zxing_alone"] > 150
    assert result["read"] + sum(result["unread"].values()) == result["codes"]
    assert 0 < result["ratio_where_read"] <= result["ratio"]


@pytest.mark.parametrize(
    ("text", "value", "valid"),
    [
        ("https://counter.example.test/r/12/00345/7K2QX9", "12/00345", True),
        ("R/12/00345/7K2QX9", "12/00345", True),
        ("12/00345/7K2QX9", None, False),
        ("20/06/2569", None, False),
        ("https://counter.example.test/r/12/x/7K2QX9", None, False),
    ],
)
def test_our_receipt(text, value, valid):
    scanned = classify(text)
    assert (scanned.kind == "receipt", scanned.valid) == (valid, valid)
    if value:
        assert (scanned.value, scanned.parts) == (value, {"code": "7K2QX9"})
        assert "เลขที่ 00345" in scanned.note
