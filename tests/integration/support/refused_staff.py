"""What people get wrong about accounts, rights and orders; rows of tests/integration/test_refused_commands.py."""

POST = ("--position", "นิติกร", "--division", "public_works")
DAYS = ("--date", "2026-01-01", "--from", "2026-01-01")
COMMANDS: dict[str, tuple[tuple[str, ...], str, str | None, int]] = {
    "an account with an odd name": (("staff", "add", "ก ข", *POST, "--username", "somjai"), "username", "username", 3),
    "an account of no name": (("staff", "add", " ", *POST), "required", "full_name", 3),
    "an account of no division": (
        ("staff", "add", "ก ข", "--position", "นิติกร", "--division", "x"), "division", "division", 3),
    "an account of no template": (("staff", "add", "ก ข", *POST, "--template", "x"), "role_template", "template", 3),
    "changing nobody": (("staff", "change", "nobody", "--position", "x"), "staff_unknown", "username", 3),
    "disabling nobody": (("staff", "disable", "nobody"), "staff_unknown", "username", 3),
    "enabling half a letter": (("staff", "enable", "x" * 300), "staff_unknown", "username", 3),
    "a new password for nobody": (("staff", "reset", "nobody"), "staff_unknown", "username", 3),
    "sharing nobody": (("staff", "share", "nobody"), "staff_unknown", "username", 3),
    "rights of nobody": (("staff", "rights", "nobody"), "staff_unknown", "username", 3),
    "rights like nobody's": (("staff", "give", "x", "--like", "nobody"), "staff_unknown", "username", 3),
    "rights out of no file": (("staff", "give", "x", "--grid", "no such.toml"), "grid_file", "grid", 3),
    "rights out of a file of another kind": (("staff", "give", "x", "--grid", "HOME/counter.key.json"), "grid_file",
                                             "grid", 3),
    "accounts seen by nobody": (("--as", "nobody", "staff", "list"), "sign_in", "password", 3),
    "a new password that nobody tells": (("staff", "password"), "password_needed", "new_password", 3),
    "an order of nobody": (("orders", "add", "1", *DAYS, "--person", "nobody"), "staff_unknown", "persons", 3),
    "an order on no day": (
        ("orders", "add", "1", "--date", "วันนั้น", "--from", "2026-01-01", "--person", "x"), "date", "ordered_on", 3),
    "an order without a number": (("orders", "add", " ", *DAYS, "--person", "x"), "required", "number", 3),
    "an order that is not there": (("orders", "revoke", "x"), "order_unknown", "key", 3),
    "one's own record where no server is": (("lhr", "own"), "lhr_no_server", None, 3),
    "one's own record of nobody": (("--as", "nobody", "lhr", "own"), "sign_in", "password", 3),
    "no file about records": (("lhr", "check", "no such.toml"), "lhr_file", None, 3),
    "a file of another kind about records": (("lhr", "check", "HOME/counter.key.json"), "lhr_file", None, 3),
    "taking over what nobody left": (("drafts", "take", "nobody"), "no_draft", "username", 3),
    "the orders into a text": (("orders", "list", "--out", "x.txt"), "file_kind", "out", 3),
}  # fmt: skip
