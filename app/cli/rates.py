"""rates: the office's ordinances — rates, what being late adds, the confirmation, the history, a worked example."""

from argparse import Namespace
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.cli.settings import item_name
from app.domain import thai_date
from app.domain.errors import Refused
from app.services import office_settings, ordinance_examples, ordinance_history, ordinance_rates, rights
from app.services.counter import Counter
from app.services.ordinance_rates import Row

Wanted = Callable[[Counter, Mapping[str, Any], date], dict[str, Any]]


def listing(arguments: Namespace) -> int:
    """Every rate with its dates, and what nobody has confirmed."""
    with open_counter(arguments) as counter:
        document, services = office_settings.document(counter), counter.every_definition()
        found = ordinance_rates.rows(document, ordinance_rates.items(services), _today(counter))
        offered = [one for one in services if one.code in document["services"]]
        open_ones = ordinance_rates.unconfirmed(document, offered)
    found = [row for row in found if arguments.service in ("", row.item.service)]
    if arguments.json:
        print_json([_json(row) for row in found])
        return 0
    for row in found:
        print(f"{row.place + 1}  {ordinance_rates.STATES[row.state]}  {row.item.name}  {row.text}")
    if open_ones:
        say(f"ตรวจกับข้อบัญญัติของท่าน: {', '.join(open_ones)}")
    return 0


def _json(row: Row) -> dict[str, Any]:
    return {
        "place": row.place + 1,
        "service": row.item.service,
        "product": row.item.product,
        "commercial": row.item.commercial,
        "value": row.value,
        "unit": row.item.unit,
        "from": row.since,
        "to": row.until,
        "due_day": row.document.get("due_day"),
        "due_rule": row.document.get("due_rule", "next_month_day") if row.document.get("due_day") else None,
        "holiday_roll": row.document.get("holiday_roll", False),
        "state": row.state,
    }


def add(arguments: Namespace) -> int:
    """One rate more, from a day on; what it comes to is told."""

    def wanted(counter: Counter, document: Mapping[str, Any], today: date) -> dict[str, Any]:
        return ordinance_rates.with_row(document, _items(counter), _given(arguments), today)

    return _change(arguments, wanted, arguments.service)


def _given(arguments: Namespace) -> dict[str, Any]:
    kind = {"yes": "true", "no": "false"}.get(arguments.commercial, "")
    return {
        "item": "/".join((arguments.service, arguments.unit, arguments.product, kind)),
        "value": arguments.value,
        "from": arguments.since,
        "to": arguments.until,
        "due_day": arguments.due_day,
        "due_rule": arguments.due_rule,
        "holiday_roll": arguments.holiday_roll,
        "ordinance": arguments.ordinance,
    }


def remove(arguments: Namespace) -> int:
    """Take back a rate that does not hold yet, or one that nobody confirmed."""

    def wanted(_counter: Counter, document: Mapping[str, Any], today: date) -> dict[str, Any]:
        if not 1 <= arguments.place <= len(document["rate"]):
            raise Refused("unknown_rate", "ไม่มีอัตราลำดับนี้", "ดูลำดับด้วยคำสั่ง rates list", "place")
        return ordinance_rates.without_row(document, arguments.place - 1, today)

    return _change(arguments, wanted)


def confirm(arguments: Namespace) -> int:
    """The figures of a service, or of being late, are those of an ordinance."""

    def wanted(counter: Counter, document: Mapping[str, Any], _today: date) -> dict[str, Any]:
        services = counter.every_definition()
        return ordinance_rates.confirm(document, services, arguments.service, arguments.ordinance, arguments.on)

    return _change(arguments, wanted)


def withdraw(arguments: Namespace) -> int:
    """Take a confirmation back."""
    return _change(arguments, lambda _counter, document, _today: ordinance_rates.withdraw(document, arguments.service))


def history(arguments: Namespace) -> int:
    """Who changed what, the newest first."""
    with open_counter(arguments) as counter:
        found = ordinance_history.entries(counter)
    if arguments.json:
        print_json([{"at": one.at, "by": one.by, "before": one.before, "after": one.after} for one in found])
        return 0
    for one in found:
        print(f"{thai_date.short(thai_date.local(one.at).date())}  {one.by or 'เครื่องแม่ข่ายกลาง'}")
        for sign, lines in (("-", one.before), ("+", one.after)):
            for line in lines:
                print(f"  {sign} {line}")
    if not found:
        say("ยังไม่เคยเปลี่ยนอัตรา")
    return 0


def example(arguments: Namespace) -> int:
    """A sample filing by the rates of a day, in time and late."""
    with open_counter(arguments) as counter:
        document, office = office_settings.document(counter), counter.current
        service = next((one for one in counter.every_definition() if one.code == arguments.service), None)
        if service is None or arguments.service not in ordinance_rates.confirmable(counter.every_definition()):
            known = ", ".join(
                code for code in ordinance_rates.confirmable(counter.every_definition()) if code != "late"
            )
            raise Refused("unknown_service", "ไม่รู้จักบริการนี้ หรือไม่มีอัตรา", f"ใช้รหัสใดรหัสหนึ่งใน {known}", "service")
        on = thai_date.parse_date(arguments.on, field="on") if arguments.on else _today(counter)
        found = ordinance_examples.worked(document, service, on, office.holidays)
    if arguments.json:
        print_json({"lines": found.lines, "total_satang": found.total_satang, "late_satang": found.late_satang})
    else:
        print("\n".join(found.lines))
    return 0


def _change(arguments: Namespace, wanted: Wanted, example_of: str = "") -> int:
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        rights.require(actor, rights.OFFICE_SETTINGS)
        document = office_settings.document(counter)
        settings = wanted(counter, document, _today(counter))
        done = office_settings.change(counter, actor, settings)
        service = next((one for one in counter.every_definition() if one.code == example_of), None)
        if service is not None:
            since = thai_date.parse_date(arguments.since)
            say(ordinance_examples.told({**document, **settings}, service, since, counter.current.holidays))
    if arguments.json:
        print_json({"changed": [item_name(one) for one in done.changes], "waits": done.waits})
    else:
        print("จะมีผลเมื่อเครื่องแม่ข่ายกลางรับแล้ว" if done.waits else "บันทึกแล้ว")
    return 0


def _items(counter: Counter) -> list[ordinance_rates.Item]:
    return ordinance_rates.items(counter.every_definition())


def _today(counter: Counter) -> date:
    return thai_date.local(counter.clock.now()).date()
