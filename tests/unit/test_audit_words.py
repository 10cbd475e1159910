"""Every action that the program writes into the audit chain has a name that people read, in exactly one group."""

import ast
from pathlib import Path

from app.services import audit_words

ROOT = Path(__file__).resolve().parents[2]
BY_NAME = ("consent_given", "consent_withdrawn", "drawer_closed", "drawer_handed_over", "print_sent", "cheque_returned",
           "letter_issued", "attachment_added", "late_waived", "thaid_week_reported", "case_corrected")  # fmt: skip
"""Actions that are no literal where they are written."""


def written() -> set[str]:
    """The literals that are handed to `work.audit` anywhere in the program."""
    found: set[str] = set()
    for file in [*(ROOT / "app").rglob("*.py"), *(ROOT / "sync").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "audit":
                first = node.args[0] if node.args else None
                parts = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                found |= {part.value for part in parts if isinstance(part, ast.Constant)}
    return found


def test_every_action_has_words() -> None:
    actions = written() | set(BY_NAME)
    assert len(actions) > 50
    assert sorted(action for action in actions if audit_words.words(action) == action) == []


def test_no_action_is_in_two_groups() -> None:
    named = [name for group in audit_words.groups() for name, _ in group.actions]
    assert len(named) == len(set(named))


def test_a_beginning_takes_what_no_group_names() -> None:
    term, values = audit_words.condition("personal")
    assert term.count("?") == len(values) and "print_" in values and "print_planned" in values
    assert audit_words.words("print_sent") == "งานพิมพ์ (sent)"
