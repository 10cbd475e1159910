"""Every button of the window: what right it wants, and that nobody is offered what would be refused."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from app.services import rights
from tests.ui.free_buttons import FREE
from ui.button_rights import BUTTONS, wanted
from ui.main_window import CASHIER, DESK, MainWindow
from ui.widgets.fields import Action

ROOT = Path(__file__).resolve().parents[2]


def made() -> dict[str, set[str]]:
    """Every button that the program makes: its text, or what the text is made from, by module."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "ui").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Action"
                and node.args
            ):
                text = node.args[0]
                label = text.value if isinstance(text, ast.Constant) else ast.unparse(text)
                found.setdefault(module, set()).add(str(label))
    return found


def test_every_button_has_a_row() -> None:
    """A new button is either for everybody (free_buttons.py) or wants a right (ui/button_rights.py)."""
    unknown = {
        module: sorted(labels - set(FREE.get(module, ())) - set(BUTTONS.get(module, ())))
        for module, labels in made().items()
    }
    assert {module: labels for module, labels in unknown.items() if labels} == {}
    for module, labels in FREE.items():
        assert not set(labels) & set(BUTTONS.get(module, ())), module
    texts = {
        module: "\n".join((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8").splitlines())
        for module in BUTTONS
    }
    for module, rows in BUTTONS.items():
        for label, needs in rows.items():
            assert label.rstrip("*") in texts[module], (module, label)
            assert set(needs) <= set(rights.RIGHTS)


MENUS = {
    "ui.header": "pages, the look of the window, one's own account: for everybody",
    "ui.desk.page": "papers of a case, behind a button that wants the right to print",
}
"""Where commands stand in menus, and by what they are guarded."""


def test_what_can_be_pressed_is_a_button_with_a_row_or_a_menu_that_is_known() -> None:
    found = set()
    for path in (ROOT / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", ""))
            if name in ("QPushButton", "QToolButton", "QAction", "addAction", "QCommandLinkButton", "QDialogButtonBox"):
                found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert found == set(MENUS)


@pytest.mark.parametrize("role", ["nothing", "viewer", "clerk", "cashier", "admin"])
def test_nobody_is_offered_what_would_be_refused(show, session, actor, petition, settle, role) -> None:
    held = frozenset() if role == "nothing" else rights.of_template(role)
    session.actor = replace(actor, role="admin" if role == "admin" else "user", held=held)
    window = show(MainWindow(session))
    for place in (CASHIER, DESK):
        window.show_page(place)
        settle()
    if rights.may(session.actor, rights.VIEW):
        window.open_case(petition.number)
        settle()
    buttons = [button for button in window.findChildren(Action) if wanted(button)]
    assert len(buttons) > 10
    for button in buttons:
        may = any(rights.may(session.actor, right) for right in wanted(button))
        if not may:
            assert not button.isEnabled() and "ไม่มีสิทธิ์" in button.toolTip(), (role, button.text())
        else:
            assert "ไม่มีสิทธิ์" not in button.toolTip(), (role, button.text())
    forbidden = {button.text() for button in buttons if "ไม่มีสิทธิ์" in button.toolTip()}
    assert ("F9  บันทึกและพิมพ์" in forbidden) == (role in ("nothing", "viewer", "cashier"))
    assert ("F9  รับเงินและออกใบเสร็จ" in forbidden) == (role in ("nothing", "viewer", "clerk"))
    assert bool(forbidden) == (role != "admin")


def test_a_right_that_comes_gives_the_button_back(show, session, actor, settle) -> None:
    session.actor = replace(actor, role="user", held=frozenset({"view:*"}))
    window = show(MainWindow(session))
    button = window.counter.preview.save
    button.setEnabled(True)
    assert not button.isEnabled()
    window._refreshed(replace(actor, role="user", held=frozenset({"view:*", "create:*"})))
    assert button.isEnabled() and "ไม่มีสิทธิ์" not in button.toolTip()
