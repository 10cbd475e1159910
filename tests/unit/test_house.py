"""Rules of the house that no other tool checks: what files may hold, how long they may grow, what is locked."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import resources

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "ui", "sync", "printing", "resources", "build_support", "tests")
LONGEST = 500

# Written with one-letter classes, so that this file does not break its own rule.
HOSTS = re.compile(r"pyp[i][.]org|pyth[o]nhosted|registry[.]np[m]|deb[.]debi[a]n|cond[a][.]io")
MACHINE_PLACES = re.compile(r"(?<![\w.$}~/:-])/(?:work|root|farm|home/\w+|Users/\w+|tmp/\w+)/")
ASSERTIVE = re.compile(r"assert|raises|warns|expect|verify|check|refus|wait", re.IGNORECASE)


def files_of_the_project() -> list[Path]:
    """All files that git knows or would take in; outside of a checkout, all files of the rooms."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        names = [file for room in ROOMS for file in (ROOT / room).rglob("*") if "__pycache__" not in file.parts]
    return [file for file in names if file.is_file()]


def texts() -> list[tuple[str, str]]:
    """Name and text of every file that is text."""
    found = []
    for file in files_of_the_project():
        try:
            found.append((file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def normalised(name: str) -> str:
    """Package names compare without case, and with "-", "_" and "." alike."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    """The bare names of requirements such as "reportlab[shaping]==5.1.*"."""
    return {normalised(match[0]) for text in requirements if (match := re.match(r"[\w.-]+", text))}


def locked(lock: str) -> set[str]:
    """The names that a lock file pins."""
    return {normalised(name) for name in re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(), re.MULTILINE)}


def imported(text: str) -> set[str]:
    """Top-level modules that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


def test_files_are_found() -> None:
    names = {name for name, _ in texts()}
    assert {"pyproject.toml", "Makefile", "requirements.lock", "tests/unit/test_house.py"} <= names


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (HOSTS, "https://pypi" + ".org/simple", True),
        (MACHINE_PLACES, "open('/" + "root/x')", True),
        (MACHINE_PLACES, "see /" + "home/somchai/x", True),
        (MACHINE_PLACES, "https://example.go.th/work/1", False),
        (MACHINE_PLACES, "tests/work/1", False),
    ],
)
def test_patterns_find_what_they_should(pattern: re.Pattern[str], text: str, found: bool) -> None:
    assert bool(pattern.search(text)) is found


def test_no_file_names_a_package_registry() -> None:
    assert [name for name, text in texts() if HOSTS.search(text)] == []


def test_no_file_names_a_place_of_one_machine() -> None:
    wrong = [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PLACES.search(line)
    ]
    assert wrong == []


def test_no_module_grows_too_long() -> None:
    lengths = {name: text.count("\n") for name, text in texts() if name.endswith(".py") and "/migrations/" not in name}
    assert lengths
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_declared_package_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert declared(project["dependencies"]) - locked("requirements.lock") == set()
    assert declared(extras["server"]) - locked("requirements.lock") == set()
    assert declared([text for extra in extras.values() for text in extra]) - locked("requirements-dev.lock") == set()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_exact_versions_with_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[\w.-]+==)", text)
    assert len(entries) > 30
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert " @ " not in text


def test_both_locks_agree() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", (ROOT / lock).read_text(), re.MULTILINE))

    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()


def test_every_imported_package_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    known = declared([*project["dependencies"], *extras["server"], *extras["card"], *extras["sms"], *extras["printer"]])
    packages = packages_distributions()
    missing = {
        module
        for name, text in texts()
        if name.endswith(".py") and name.startswith(ROOMS[:5])
        for module in imported(text) - set(sys.stdlib_module_names) - set(ROOMS)
        if not known & {normalised(package) for package in packages.get(module, [])}
    }
    assert missing == {"shiboken6", "win32print"}, "parts of PySide6 and, on Windows only, of pywin32"


def test_every_document_that_code_points_at_exists() -> None:
    pointed = {
        (name, place.rstrip("."))
        for name, text in texts()
        if name.endswith((".py", ".toml", ".spec", "Makefile"))
        for place in re.findall(r"docs/[A-Za-z0-9_./-]+", text)
    }
    assert pointed
    missing = {(name, place) for name, place in pointed if not list(ROOT.glob(f"{place}*"))}
    assert missing == set()


def test_every_link_between_documents_leads_somewhere() -> None:
    links = {
        (name, link) for name, text in texts() if name.endswith(".md") for link in re.findall(r"\]\(([^)#:]+)\)", text)
    }
    assert links
    assert {(name, link) for name, link in links if not (ROOT / name).parent.joinpath(link).exists()} == set()


def test_every_test_asserts_something() -> None:
    silent = []
    for name, text in texts():
        if not (name.startswith("tests/") and name.endswith(".py")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                body = "\n".join(ast.unparse(statement) for statement in node.body)
                if not ASSERTIVE.search(body):
                    silent.append(f"{name}:{node.lineno} {node.name}")
    assert silent == []


def test_a_wheel_takes_all_data_along() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = set(project["tool"]["setuptools"]["package-data"]["*"])
    rooms = {file for file in files_of_the_project() if file.relative_to(ROOT).parts[0] in ROOMS[:5]}
    assert {f"*{file.suffix}" for file in rooms} - {"*.py"} <= patterns


def test_resources_lie_where_the_program_looks() -> None:
    assert resources.path("services", "petition.toml").parts[-3:] == ("resources", "services", "petition.toml")
    assert resources.path("services").is_dir()
