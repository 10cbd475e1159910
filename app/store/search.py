"""Full-text search over the whole register: any part of a word, one letter or twenty, exactly what LIKE would find.

An FTS5 index over character trigrams (with its one- and two-character prefixes) names candidates, the row's own text
decides. Registration only writes the row; `catch_up` indexes in batches, and what is not indexed yet is scanned, so a
search is exact at any time (docs/adr/0006).
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.store.canonical import canonical_json
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork

INDEXED_THROUGH = "indexed_through"
COMMON_TRIGRAMS = "common_trigrams"
"""Meta: trigram -> share of the cases that hold it, as the last full batch had it; rare ones are left out."""
TO_SETTLE = "index_to_settle"
"""Meta: data were destroyed, and older parts of the indexes still hold trigrams of them."""
SETTLE_PAGES = 500
"""Pages of an index that are written anew in one transaction: registrations go in between."""
COMMON = 0.01
TRIGRAMS_A_TERM = 3
BATCH = 1_000
END = "\ue0ff"
"""Stands behind the last character of a field, so that every character begins a trigram."""
# FTS5's ascii tokenizer takes every non-ASCII character for a letter: spaces and signs move to the private use area.
_LETTERS = str.maketrans({chr(c): chr(0xE000 + c) for c in range(128) if not chr(c).isalnum()})
# nikhahit and sara aa with the tone mark, if any, before, between: น้ํา and นํ้า are both น้ำ
_SARA_AM_IN_TWO = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# whatever may not be folded yet: all but ASCII without capitals and Thai without a second way of writing it
_TO_FOLD = re.compile("[^\x00-@\\[-\x7f\u0e01-\u0e4c\u0e4e\u0e4f]")
_TWO_WAYS_OF_WRITING = re.compile("[\u0e4d๐-๙]")


def fold(text: str) -> str:
    """The form in which text is stored for search and compared: NFC, one sara am, Arabic digits, lower case."""
    if text.isascii():
        return text.lower()
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if not _TO_FOLD.search(text):
        return text
    if _TWO_WAYS_OF_WRITING.search(text):
        text = _SARA_AM_IN_TWO.sub("\\1\u0e33", text).translate(_ARABIC)
    return text.lower()


def search_text(parts: Sequence[str]) -> str:
    """One line a field, folded: a term never matches across two fields."""
    return fold("\n".join(part.replace("\n", " ") for part in parts if part))


def tokens(text: str) -> str:
    """Every distinct trigram of every line, in the alphabet of the index, separated by spaces."""
    found: set[str] = set()
    for line in text.translate(_LETTERS | {10: "\n"}).split("\n"):
        padded = line + END + END
        found.update(padded[i : i + 3] for i in range(len(line)))
    return " ".join(found)


def match_expression(term: str, shares: Mapping[str, float]) -> str:
    """The FTS5 expression whose hits include every row with `term` in it (a folded term without line breaks).

    Of a long term the rarest trigrams are asked for, `shares` telling the common ones: each costs its list of rows.
    """
    letters = term.translate(_LETTERS)
    if len(letters) < 3:
        return f'"{letters}" *'
    found = {letters[i : i + 3] for i in range(len(letters) - 2)}
    rarest = sorted(found, key=lambda trigram: (shares.get(trigram, 0.0), trigram))[:TRIGRAMS_A_TERM]
    return " AND ".join(f'"{trigram}"' for trigram in rarest)


def find_rows(connection: Connection, text: str, limit: int, columns: str, among: str = "1") -> list[Any]:
    """The newest `limit` cases that contain every blank-separated term of `text` somewhere, newest first.

    among: an SQL condition on `cases c`, of the program's own making.
    """
    terms = fold(text).split()
    if not terms:
        return []
    indexed = int(meta_get(connection, INDEXED_THROUGH, "0"))
    holds = " AND ".join(["instr(c.search_text, ?)" for _ in terms] + [among])
    newest = connection.exec_driver_sql(
        f"SELECT {columns} FROM cases c WHERE c.row > ? AND {holds} ORDER BY c.row DESC LIMIT ?",
        (indexed, *terms, limit),
    ).fetchall()
    if len(newest) >= limit:
        return list(newest)
    shares = json.loads(meta_get(connection, COMMON_TRIGRAMS, "{}"))
    expression = " AND ".join(f"({match_expression(term, shares)})" for term in terms)
    older = connection.exec_driver_sql(
        f"SELECT {columns} FROM search f CROSS JOIN cases c ON c.row = f.rowid"
        f" WHERE f.search MATCH ? AND {holds} ORDER BY f.rowid DESC LIMIT ?",
        (expression, *terms, limit - len(newest)),
    ).fetchall()
    return [*newest, *older]


def catch_up(work: UnitOfWork, batch: int = BATCH) -> int:
    """Index the oldest `batch` cases that are not indexed yet; returns how many there were."""
    through = int(meta_get(work.connection, INDEXED_THROUGH, "0"))
    waiting_rows = "SELECT row, search_text FROM cases WHERE row > ? ORDER BY row LIMIT ?"
    rows: list[tuple[int, str]] = work.execute(waiting_rows, (through, batch)).fetchall()
    holding: Counter[str] = Counter()
    for row, text in rows:
        words = tokens(text)
        work.execute("INSERT INTO search (rowid, tokens) VALUES (?, ?)", (row, words))
        holding.update(words.split(" "))
    if rows:
        meta_set(work.connection, INDEXED_THROUGH, str(rows[-1][0]))
    if len(rows) == batch:
        common = {trigram: count / batch for trigram, count in holding.items() if count > COMMON * batch}
        meta_set(work.connection, COMMON_TRIGRAMS, canonical_json(common))
    return len(rows)


def waiting(connection: Connection) -> int:
    """How many cases are not indexed yet."""
    through = int(meta_get(connection, INDEXED_THROUGH, "0"))
    row = connection.exec_driver_sql("SELECT max(row) FROM cases").fetchone()
    return max(0, (row[0] or 0) - through) if row else 0


def replace_text(work: UnitOfWork, row: int, text: str) -> None:
    """Give an existing case another search text; the index forgets the old one in the same transaction."""
    old = work.run("SELECT search_text FROM cases WHERE row = ?", (row,)).scalar_one()
    if row <= int(meta_get(work.connection, INDEXED_THROUGH, "0")):
        work.run("INSERT INTO search (search, rowid, tokens) VALUES ('delete', ?, ?)", (row, tokens(old)))
        work.run("INSERT INTO search (rowid, tokens) VALUES (?, ?)", (row, tokens(text)))
    work.run("UPDATE cases SET search_text = ? WHERE row = ?", (text, row))


def settle(work: UnitOfWork, index: str) -> bool:
    """Write a part of the index "search" or "person_search" anew without what was deleted; whether there is more."""
    before = work.run("SELECT total_changes()").scalar_one()
    work.run(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (-SETTLE_PAGES,))
    return bool(work.run("SELECT total_changes()").scalar_one() - before >= 2)
