"""The page of accounts (จัดการผู้ดูแลระบบ); built when it is first shown, for those who manage accounts."""

from ui.parts import PartsPage

ADMINS, USERS, ORDERS = range(3)


class AccountsPage(PartsPage):
    """Administrators, users, appointment orders; Alt+1, 2, 3 change the part, Ctrl+N adds to it."""

    PARTS = (
        ("รายชื่อผู้ดูแลระบบ", "ui.accounts.people", "AdminsPanel"),
        ("รายชื่อผู้ใช้งาน", "ui.accounts.people", "UsersPanel"),
        ("คำสั่งแต่งตั้ง", "ui.accounts.orders", "OrdersPanel"),
    )
