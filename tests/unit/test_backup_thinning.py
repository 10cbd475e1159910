"""Which backups stay, by hand calculation."""

from datetime import UTC, datetime, timedelta

from app.domain.backup_thinning import Keep, superfluous

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def test_two_years_of_backups_every_four_hours() -> None:
    made = [NOW - timedelta(hours=4 * at) for at in range(6 * 730)]
    gone = superfluous(made, Keep(daily=7, weekly=5, monthly=12), NOW)
    kept = sorted(set(made) - set(gone), reverse=True)
    assert kept[:6] == made[:6], "the last day whole"
    assert kept[0] == NOW
    days = [(NOW - at).days for at in kept]
    # six of the last day, six more days, then weeks' and months' newest: at most 6 + 6 + 4 + 12
    assert len(kept) <= 28
    assert days[-1] == 323, "the oldest is the last one of the December before"
    months = {(at + timedelta(hours=7)).strftime("%Y-%m") for at in kept}
    assert len(months) == 12


def test_thinning_again_after_every_backup_ends_at_the_same_ladder() -> None:
    made: list[datetime] = []
    at = NOW - timedelta(days=400)
    while at <= NOW:
        made.append(at)
        gone = superfluous(made, Keep(), at)
        made = [one for one in made if one not in gone]
        at += timedelta(hours=4)
    assert 20 <= len(made) <= 30
    assert len({(one + timedelta(hours=7)).strftime("%Y-%m") for one in made}) >= 12


def test_the_newest_stays_whatever_is_asked() -> None:
    made = [NOW - timedelta(days=at) for at in (90, 60, 30)]
    assert superfluous(made, Keep(0, 0, 0), NOW) == made[:2]
    assert superfluous([], Keep(), NOW) == []


def test_one_dated_ahead_by_a_wrong_clock_stays() -> None:
    ahead = NOW + timedelta(days=300)
    assert ahead not in superfluous([NOW, ahead], Keep(0, 0, 0), NOW)
