"""Sync by USB stick: sealed, signed, taken once however often it comes, and refused in words when it is not right."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import Refused, Unavailable
from app.services import attachments, cases
from sync import bundle_file, bundles
from sync.server import bundles as at_server
from sync.server.database import Database
from sync.server.files.store import open_store
from tests.integration.server_databases import BOTH, database_of
from tests.integration.support import command
from tests.integration.sync_support import ACTOR, OFFICE_CODE, VERSION, Desk, Province
from tests.integration.test_files_travel import attach, on_server, photo, waiting, work


@pytest.fixture
def province(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path, database_of(request)) as place:
        yield place


def met(province: Province, name: str) -> Desk:
    desk = province.desk(name)
    assert bundles.know_each_other(desk.store)
    assert not bundles.know_each_other(desk.store)
    return desk


def carry(province: Province, bundle: Path) -> tuple[at_server.Taken, Path]:
    database, answer = Database(province.database), bundle.with_suffix(".ack")
    try:
        with bundle.open("rb") as source, answer.open("wb") as target:
            return at_server.take(database, open_store(database), source, target), answer
    finally:
        database.close()


def bring(desk: Desk, path: Path) -> bundles.Carried:
    return bundles.take_in(desk.store, desk.counter.blobs, path, desk.apply, VERSION)[0]


@BOTH
def test_there_and_back_by_stick(province: Province, tmp_path: Path) -> None:
    one, two = met(province, "หนึ่ง"), met(province, "สอง")
    [elsewhere] = two.register()
    two.sync()
    file = photo(1_500_000)
    number, _ = attach(one, file)
    one.step(number, "received")
    stick = tmp_path / "stick.lao"
    out = bundles.export(one.store, one.counter.blobs, stick, VERSION)
    assert (out.events, out.files, out.bytes) == (3, 1, stick.stat().st_size)
    assert "กะทู้".encode() not in stick.read_bytes()
    assert one.meta("accepted_through") in ("", "0")

    taken, answer = carry(province, stick)
    assert (taken.events, taken.files) == (3, 1)
    assert province.numbers() == sorted([number, elsewhere])
    assert on_server(province, file.content) == file.content
    again, _ = carry(province, stick)
    assert (again.events, again.files) == (0, 0)

    back = bring(one, answer)
    assert (back.events, back.files) == (4, 1)
    assert waiting(one) == 0
    assert elsewhere in one.states()
    before = one.snapshot()
    assert bring(one, answer) == bundles.Carried(0, 0, answer.stat().st_size)
    assert one.snapshot() == before
    two.sync()
    assert one.states() == two.states()
    line = one.sync()
    assert (line.pushed, line.pulled) == (0, 0)
    assert one.states() == two.states()


def test_an_answer_that_comes_after_a_sync_changes_no_order(province: Province, tmp_path: Path) -> None:
    one, two = met(province, "หนึ่ง"), met(province, "สอง")
    [number] = one.register()
    one.sync()
    two.sync()
    one.step(number, "received")
    stick = tmp_path / "stick.lao"
    bundles.export(one.store, one.counter.blobs, stick, VERSION)
    cases.change_status(two.counter, ACTOR, number, "rejected", "ซ้ำกับเรื่องอื่น")
    two.sync()
    _, answer = carry(province, stick)
    one.sync()
    placed = one.one("SELECT group_concat(placed) FROM event ORDER BY seq")
    bring(one, answer)
    assert one.one("SELECT group_concat(placed) FROM event ORDER BY seq") == placed
    two.sync()
    assert one.states() == two.states() == {number: "rejected"}


@BOTH
def test_a_connected_counter_sends_it_on(province: Province, tmp_path: Path) -> None:
    far, near = met(province, "ไกล"), met(province, "ใกล้")
    number, _ = attach(far, photo(20_000))
    stick = tmp_path / "stick.lao"
    bundles.export(far.store, far.counter.blobs, stick, VERSION)
    with pytest.raises(Refused) as own:
        bring(far, stick)
    assert own.value.code == "bundle_own"
    carried, answer = bundles.take_in(near.store, near.counter.blobs, stick, near.apply, VERSION)
    assert (carried.events, carried.files) == (2, 1)
    assert answer is not None
    with pytest.raises(Refused) as other:
        bring(near, answer)
    assert other.value.code == "bundle_not_ours"
    assert bring(far, answer).events == 2
    assert waiting(far) == 0
    near.sync()
    assert number in near.states()


@BOTH
def test_what_is_not_right_is_refused_and_changes_nothing(province: Province, tmp_path: Path) -> None:
    desk = met(province, "หนึ่ง")
    attach(desk, photo(5_000))
    stick = tmp_path / "stick.lao"
    bundles.export(desk.store, desk.counter.blobs, stick, VERSION)
    whole = stick.read_bytes()
    head = bundle_file.read_head(io.BytesIO(whole))
    assert head.office == OFFICE_CODE
    wrong = {
        whole[:-1]: "bundle_cut",
        whole[:20]: "bundle_cut",
        whole[:5]: "bundle_file",
        b"MZ" + whole: "bundle_file",
        whole[:4000] + bytes([whole[4000] ^ 1]) + whole[4001:]: "bundle_damaged",
        whole.replace(OFFICE_CODE.encode(), b"04830204"): "bundle_office",
        whole.replace(head.id.encode(), head.id[::-1].encode()): "bundle_damaged",
    }
    events = province.rows("SELECT count(*) FROM log")
    for content, code in wrong.items():
        stick.write_bytes(content)
        with pytest.raises(Refused) as refused:
            carry(province, stick)
        assert refused.value.code == code
        assert refused.value.hint
    assert province.rows("SELECT count(*) FROM log") == events
    stick.write_bytes(whole)
    _, answer = carry(province, stick)
    before = desk.snapshot()
    for content, code in {answer.read_bytes()[:-9]: "bundle_cut", whole[:-4]: "bundle_own"}.items():
        bad = tmp_path / "bad.lao"
        bad.write_bytes(content)
        with pytest.raises(Refused) as refused:
            bring(desk, bad)
        assert refused.value.code == code
    assert desk.snapshot() == before


def test_a_stick_that_is_full_or_a_counter_without_keys(
    province: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = province.desk()
    desk.register()
    stick = tmp_path / "stick.lao"
    with pytest.raises(Refused) as unknown:
        bundles.export(desk.store, desk.counter.blobs, stick, VERSION)
    assert unknown.value.code == "bundle_keys"
    bundles.know_each_other(desk.store)
    before = desk.snapshot()
    with pytest.raises(Unavailable) as full:
        bundles.export(desk.store, desk.counter.blobs, Path("/dev/full/stick.lao"), VERSION)
    assert full.value.code == "bundle_unwritable"

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle_file, "_framed", no_room)
    with pytest.raises(Unavailable):
        bundles.export(desk.store, desk.counter.blobs, stick, VERSION)
    assert list(tmp_path.glob("stick*")) == []
    assert desk.snapshot() == before


def test_a_revoked_counter_is_told_so(province: Province, tmp_path: Path) -> None:
    from sync.server import device_admin

    desk = met(province, "หนึ่ง")
    desk.register()
    stick = tmp_path / "stick.lao"
    bundles.export(desk.store, desk.counter.blobs, stick, VERSION)
    device_admin.revoke(province.database, OFFICE_CODE, desk.meta("device_id"), "เครื่องหาย")
    with pytest.raises(Refused) as revoked:
        carry(province, stick)
    assert "เครื่องหาย" in revoked.value.title


@BOTH
def test_by_command(province: Province, tmp_path: Path) -> None:
    desk = met(province, "หนึ่ง")
    [number] = desk.register()
    file = photo(3_000)
    attachments.attach(desk.counter, ACTOR, number, [file])
    desk.sync()
    work(desk).send()
    cases.add_note(desk.counter, ACTOR, number, "โทรแจ้งแล้ว")
    desk.counter.close()
    stick = tmp_path / "stick.lao"
    secret = {command.PASSPHRASE: "กุญแจ"}
    out = command.run(desk.home, "bundle", "export", stick, "--json", **secret)
    assert out.code == 0, out.err
    assert (out.json["events"], out.json["files"]) == (1, 0)
    at = command.run(desk.home, "bundle", "import", stick, "--database", province.database, "--json")
    assert at.code == 0, at.err
    assert at.json == {"events": 1, "files": 0, "bytes": stick.stat().st_size}
    back = command.run(desk.home, "bundle", "import", tmp_path / "stick.ack.lao", "--json", **secret)
    assert back.code == 0, back.err
    assert back.json["events"] == 1
    cut = tmp_path / "cut.lao"
    cut.write_bytes((tmp_path / "stick.ack.lao").read_bytes()[:-10])
    assert command.run(desk.home, "bundle", "import", cut, "--json", **secret).error["code"] == "bundle_cut"
