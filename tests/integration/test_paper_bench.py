"""The measuring of the paper: complete, and not far from its limits even on a busy machine."""

import os

import pytest

from app.cli.benchmarks import paper, paper_child
from printing import bench

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.usefixtures("qapp")


def test_the_slip_is_measured_beside_its_limit():
    figures = bench.bench_slip(rounds=15)
    assert figures["n"] == 15 and figures["ours"] > 0 and figures["limit"] > 0
    assert figures["ratio"] < 3
    assert figures["bytes_ratio"] <= 0.55


def test_the_sheet_is_measured_and_read_back():
    figures = bench.bench_pdf(rounds=8)
    assert figures["ratio"] < 4
    assert figures["found"] == figures["fields"] >= 16
    assert {"pypdf", "pdfium", "pdftotext"} == set(figures["readers"].split(", "))


def test_a_batch_is_measured_beside_single_sheets():
    ratio, memory = paper_child.batch(12)
    assert 0 < ratio < 4 and memory >= 0


def test_the_first_byte_of_a_slip_is_timed_from_its_commit():
    figures = paper.first_byte(rounds=3)
    assert 0 <= figures["first_byte_ms"] <= figures["first_byte_worst_ms"]
    assert figures["first_byte_limit_ms"] == 60
