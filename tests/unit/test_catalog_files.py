"""Service definitions as files and documents: what is read, what is refused, and where it says so."""

import copy
import json
import tomllib
from datetime import date

import pytest

from app.catalog import loader
from app.catalog.answers import sample, validate
from app.catalog.documents import from_document, to_document
from app.catalog.reader import Problem
from app.catalog.schema import Choice, Field, ShownWhen
from app.domain.errors import Refused

BUILTIN = loader.load_builtin()
PETITION = {path.stem: path for path in loader.builtin_paths()}["petition"].read_text("utf-8")

SMALL = """
code = "water_bill"
version = 3
kind = "petition"
name = "ขอใช้น้ำประปา"
short_name = "ขอใช้น้ำ"
offered_by = ["sao"]
first_status = "new"
subject = "topic"
default_division = "works"

[[fields]]
key = "topic"
label = "หัวข้อ"
type = "text"
required = true
example = "ขอใช้น้ำ"

[[divisions]]
code = "works"
name = "กองช่าง"
"""


def problems(text, tmp_path):
    path = tmp_path / "water.toml"
    path.write_text(text, "utf-8")
    return loader.check([path])


def keys(text, tmp_path):
    return [problem.key for problem in problems(text, tmp_path)]


def test_the_built_in_services():
    assert set(BUILTIN) == {"petition", "ad_permit", "hotel_fee", "oil_tax", "tobacco_tax", "hotel_registration"}
    assert loader.check(loader.builtin_paths()) == []


def test_a_small_definition_has_sensible_defaults(tmp_path):
    path = tmp_path / "water.toml"
    path.write_text(SMALL, "utf-8-sig")
    service = loader.load_file(str(path))
    assert service.fields == (Field("topic", "หัวข้อ", "text", required=True, example="ขอใช้น้ำ"),)
    assert service.documents == ("slip",)
    assert service.due.rule == service.fee.calculator == service.validity.rule == "none"


@pytest.mark.parametrize("code", sorted(BUILTIN))
def test_a_document_gives_the_very_service_back(code):
    service = BUILTIN[code]
    document = to_document(service)
    assert from_document(json.loads(json.dumps(document, ensure_ascii=False))) == service
    assert to_document(from_document(document)) == document


def test_a_document_keeps_what_the_built_in_ones_do_not_use(tmp_path):
    text = SMALL.replace(
        'type = "text"',
        'type = "text"\nshown_when = { field = "kind", equals = [true, "a"] }',
    ).replace(
        "[[fields]]",
        '[[fields]]\nkey = "kind"\nlabel = "ชนิด"\ntype = "choice"\nrequired = true\nexample = "a"\n'
        'choices = [{ code = "a", name = "ก" }]\n[[fields]]\nkey = "size"\nlabel = "ขนาด"\ntype = "decimal"\n'
        'minimum = "0.10"\nmaximum = 3\n[[fields]]',
        1,
    )
    path = tmp_path / "water.toml"
    path.write_text(text, "utf-8")
    service = loader.load_file(path)
    assert service.fields[2].shown_when == ShownWhen("kind", (True, "a"))
    assert service.fields[0].choices == (Choice("a", "ก"),)
    assert from_document(json.loads(json.dumps(to_document(service)))) == service


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('code = "water_bill"', 'code = "Water"', "code"),
        ('code = "water_bill"\n', "", "code"),
        ('code = "water_bill"', "code = 5", "code"),
        ("version = 3", "version = 0", "version"),
        ("version = 3", 'version = "3"', "version"),
        ("version = 3", "version = true", "version"),
        ("version = 3\n", "", "version"),
        ('kind = "petition"', 'kind = "wish"', "kind"),
        ('name = "ขอใช้น้ำประปา"', 'name = " "', "name"),
        ('offered_by = ["sao"]', 'offered_by = ["moon"]', "offered_by"),
        ('offered_by = ["sao"]', 'offered_by = "sao"', "offered_by"),
        ('offered_by = ["sao"]', "offered_by = []", "offered_by"),
        ('first_status = "new"', 'first_status = "fee_paid"', "first_status"),
        ('subject = "topic"', 'subject = "nowhere"', "subject"),
        ('default_division = "works"', 'default_division = "moon"', "default_division"),
        ("version = 3", 'version = 3\nsurprise = "x"', "surprise"),
        ("version = 3", 'version = 3\ndocuments = ["poem"]', "documents"),
        ("version = 3", 'version = 3\nprint_on_register = ["petition"]', "print_on_register"),
        ("version = 3", "version = 3\nfee = 5", "fee"),
        ("version = 3", 'version = 3\nfee = { calculator = "magic" }', "fee.calculator"),
        ("version = 3", 'version = 3\nfee = { calculator = "none", tip = 1 }', "fee.tip"),
        ("version = 3", 'version = 3\ndue = { rule = "fixed", working_days = -1 }', "due.working_days"),
        ("version = 3", "version = 3\nattachments = 3", "attachments"),
        ('type = "text"', 'type = "poem"', "fields[0].type"),
        ('type = "text"', 'type = "text"\ncolour = "red"', "fields[0].colour"),
        ('type = "text"', 'type = "choice"', "fields[0].choices"),
        (
            'type = "text"',
            'type = "choice"\nchoices = [{ code = "a", name = "ก" }, { code = "a", name = "ข" }]',
            "fields[0].choices",
        ),
        ('type = "text"', 'type = "category"', "fields[0].type"),
        ('type = "text"', 'type = "text"\nmin_length = 300', "fields[0].min_length"),
        ('type = "text"', 'type = "text"\nminimum = 1', "fields[0].minimum"),
        ('type = "text"', 'type = "text"\nmaximum = 1', "fields[0].maximum"),
        ('type = "text"', 'type = "integer"\nminimum = 9\nmaximum = 1', "fields[0].minimum"),
        ('type = "text"', 'type = "decimal"\nminimum = 0.5', "fields[0].minimum"),
        ('type = "text"', 'type = "decimal"\nminimum = "much"', "fields[0].minimum"),
        ('type = "text"', 'type = "text"\nmust_be_true = true', "fields[0].must_be_true"),
        ("required = true", 'required = "yes"', "fields[0].required"),
        (
            'type = "text"',
            'type = "text"\nshown_when = { field = "later", equals = "x" }',
            "fields[0].shown_when.field",
        ),
        ('name = "กองช่าง"', 'name = "กองช่าง"\nnames = { moon = "กองดาว" }', "divisions[0].names.moon"),
        ('name = "กองช่าง"', 'name = "กองช่าง"\nnames = "กองดาว"', "divisions[0].names"),
        ('example = "ขอใช้น้ำ"', "example = 5", "fields[0].example"),
        ('example = "ขอใช้น้ำ"', "", "fields[0].example"),
    ],
)
def test_each_mistake_is_named_by_its_key(old, new, key, tmp_path):
    assert old in SMALL
    assert key in keys(SMALL.replace(old, new), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('rule = "category"', 'rule = "none"\nsurprise = 1', "due.surprise"),
        ('division = "finance"', 'division = "moon"', "categories[1].subcategories[0].division"),
        ('code = "urgent"', 'code = "general"', "categories[0].subcategories"),
        ('code = "for_help"', 'code = "tax"', "categories"),
        ('key = "detail"', 'key = "subcategory"', "fields"),
        ('formats = ["jpg", ', 'formats = ["exe", ', "attachments[0].formats"),
        (
            'subcategories = [{ code = "information"',
            'subcategories = [] # [{ code = "information"',
            "categories[2].subcategories",
        ),
        (
            'key = "evidence"',
            'key = "evidence"\nshown_when = { field = "nowhere", equals = 5 }',
            "attachments[0].shown_when.equals",
        ),
        (
            'key = "evidence"',
            'key = "evidence"\nshown_when = { field = "nowhere", equals = "a" }',
            "attachments[0].shown_when.field",
        ),
    ],
)
def test_mistakes_deep_in_the_petition(old, new, key, tmp_path):
    assert old in PETITION
    assert key in keys(PETITION.replace(old, new, 1), tmp_path)


def test_a_calculation_needs_its_figures_and_its_fields():
    document = to_document(BUILTIN["ad_permit"])
    broken = copy.deepcopy(document)
    broken["fee"]["parameters"].pop()
    broken["validity"]["parameters"].pop(0)
    broken["fields"] = [item for item in broken["fields"] if item["key"] not in ("quantity", "start")]
    with pytest.raises(Refused) as refused:
        from_document(broken)
    assert "fee_other" in refused.value.title
    assert "และอีก" in refused.value.title
    assert refused.value.field == "fee.parameters"


def test_every_problem_is_told_at_once_with_file_and_key(tmp_path):
    text = SMALL.replace("version = 3", "version = 0").replace('type = "text"', 'type = "poem"')
    found = problems(text, tmp_path)
    assert [problem.key for problem in found] == ["version", "fields[0].type"]
    assert str(found[1]).startswith("water.toml: fields[0].type: ")
    with pytest.raises(Refused) as refused:
        loader.load_file(tmp_path / "water.toml")
    assert refused.value.code == "service_definition"
    assert refused.value.title.startswith("water.toml: version: ")
    assert refused.value.field == "version"


def test_broken_toml_is_named_by_its_line(tmp_path):
    assert keys(SMALL.replace("version = 3", "version = = 3"), tmp_path) == ["line 3"]
    assert keys('code = "a"\nname = """never', tmp_path) == ["line 2"]


def test_files_that_cannot_be_read(tmp_path):
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'name = "\xa1\xb2"')
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * 1_000_001)
    found = loader.check([tmp_path / "missing.toml", latin, huge])
    assert [problem.file for problem in found] == ["missing.toml", "latin.toml", "huge.toml"]
    assert all(str(problem) == f"{problem.file}: {problem.message}" for problem in found)
    with pytest.raises(Refused) as refused:
        loader.load_file(tmp_path / "missing.toml")
    assert refused.value.field is None


def test_one_code_in_two_files(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(SMALL, "utf-8")
    found = loader.check(sorted(tmp_path.glob("*.toml")))
    assert [(problem.file, problem.key) for problem in found] == [("b.toml", "code")]


@pytest.mark.parametrize("document", [None, [], "text", {"code": "half"}, {"code": 5, "fields": [1, "x"]}])
def test_a_document_of_any_kind_is_refused_and_never_breaks(document):
    with pytest.raises(Refused) as refused:
        from_document(document)
    assert refused.value.code == "service_definition"


def test_samples_are_taken_as_they_are():
    on = date(2026, 11, 20)
    for service in BUILTIN.values():
        case = sample(service, on=on)
        assert validate(service, case["answers"], on=on)
        assert json.loads(json.dumps(case)) == case
    assert "answers" in sample(BUILTIN["petition"])


def test_problems_are_values():
    assert Problem("a.toml", "x", "y") == Problem("a.toml", "x", "y")
    assert tomllib.loads(PETITION)["code"] == "petition"
