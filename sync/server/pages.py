"""The citizens' pages as HTML: small, readable on an old phone, no script, nothing loaded from elsewhere.

They show status, dates, division and public notes only, never a name.
"""

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from sync.server.citizen import words
from sync.server.citizen.look_up import RATE, REOPEN, WITHDRAW, Progress, Step
from sync.server.citizen.words import SCORES, day, say

STYLE = """
:root{color-scheme:light dark;--ink:#17252f;--soft:#4f5f6b;--line:#7b8b96;--edge:#d9e1e6;--page:#f3f6f7;--card:#fff;
--main:#0b6b5d;--on:#fff;--bad:#9a3412;--good:#e6f4f1}
@media(prefers-color-scheme:dark){:root{--ink:#e8eef1;--soft:#a9b8c2;--line:#8496a1;--edge:#31424d;--page:#10191f;
--card:#18242c;--main:#4fc3ad;--on:#10191f;--bad:#fdba74;--good:#12312d}}
*{box-sizing:border-box}
html{font-size:112.5%;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);
font:1rem/1.65 "Sarabun","Noto Sans Thai","Leelawadee UI","Thonburi",sans-serif;overflow-wrap:anywhere}
header,main{max-width:32rem;margin:0 auto;padding:0 min(1rem,4vw)}
header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;align-items:center;color:var(--soft);
font-size:.9rem;padding-top:1rem}
main{padding-bottom:3rem}
h1{font-size:1.45rem;line-height:1.4;margin:.75rem 0 1rem}h2{font-size:1.1rem;line-height:1.5;margin:0 0 .75rem}
.card{background:var(--card);border:1px solid var(--edge);border-radius:.9rem;margin:0 0 1rem;
padding:min(1.1rem,4.5vw) min(1.25rem,4.5vw)}
label,legend{display:block;font-weight:600;margin:0 0 .15rem;padding:0}
fieldset{border:0;margin:0 0 1rem;padding:0;min-width:0}
.hint{color:var(--soft);font-size:.9rem;margin:0 0 .35rem}
input[type=text],textarea{display:block;width:100%;font:inherit;font-size:1.15rem;color:inherit;background:transparent;
border:2px solid var(--line);border-radius:.6rem;padding:.5rem .75rem;margin:0 0 1rem;min-height:3rem}
textarea{font-size:1rem;min-height:5.5rem;resize:vertical}
.score{display:flex;align-items:center;gap:.75rem;font-weight:400;min-height:2.75rem;margin:0;cursor:pointer}
.score input{width:1.35rem;height:1.35rem;margin:0;flex:none;accent-color:var(--main)}
:focus-visible{outline:3px solid var(--main);outline-offset:2px}
button{width:100%;font:inherit;font-weight:700;font-size:1.1rem;border:2px solid var(--main);border-radius:.6rem;
padding:.6rem;min-height:3rem;background:var(--main);color:var(--on);cursor:pointer}
button.quiet{background:transparent;color:var(--bad);border-color:var(--bad)}
details>summary{cursor:pointer;font-weight:600;min-height:2.5rem;padding:.3rem 0}
summary h2{display:inline;margin:0}details[open]>summary{margin-bottom:.75rem}
dl{margin:0;display:grid;gap:.8rem}dt{color:var(--soft);font-size:.9rem}dd{margin:0;font-weight:600;font-size:1.1rem}
.number{font-size:1.3rem;letter-spacing:.03em}.status{color:var(--main);font-size:1.25rem}
ol{list-style:none;margin:0;padding:0}ol li{border-left:3px solid var(--edge);padding:0 0 1rem min(.9rem,3.5vw)}
ol li:last-child{padding-bottom:0}li:first-child{border-color:var(--main)}
ol strong,ol span{display:block}ol p{margin:.2rem 0 0;white-space:pre-line}
.when{color:var(--soft);font-size:.9rem}
.note{color:var(--soft);font-size:.95rem;margin:1rem 0 0}.bad{color:var(--bad);font-weight:600;margin:0 0 1rem}
.good{background:var(--good);border-radius:.6rem;padding:.6rem .9rem;font-weight:600;margin:0 0 1rem}
a{color:var(--main)}.again,.lang,.call{display:inline-block;min-height:2.5rem;padding:.4rem 0}
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
"""For the content security policy: this style and no other."""


def form(lang: str = "th", message: str = "", number: str = "") -> str:
    """The page where a citizen types the number and four digits; `message` says what was wrong."""
    return page(
        say(lang, "form_title"),
        f"""<h1>{say(lang, "form_title")}</h1><form class="card" method="post" action="/track{_query(lang)}">
{_bad(message)}<label for="number">{say(lang, "number")}</label>
<p class="hint" id="number-hint">{say(lang, "number_hint")}</p>
<input type="text" id="number" name="number" value="{escape(number)}" maxlength="24" required autocomplete="off"
 autocapitalize="characters" spellcheck="false" aria-describedby="number-hint">
{digits(lang)}<button>{say(lang, "search")}</button></form>""",
        lang=lang,
        here="/track",
    )


def link_form(code: str, lang: str, message: str = "") -> str:
    """The page behind the short link of an SMS: only four digits are missing."""
    return page(
        say(lang, "link_title"),
        f"""<h1>{say(lang, "link_title")}</h1><form class="card" method="post" action="/t/{escape(code)}{_query(lang)}">
{_bad(message)}{digits(lang)}<button>{say(lang, "search")}</button></form>{_again(lang)}""",
        lang=lang,
        here=f"/t/{code}",
    )


def digits(lang: str, name: str = "last4") -> str:
    """The field for four digits; `name` keeps its id apart from another one on the page."""
    return f"""<label for="{name}">{say(lang, "last4")}</label>
<p class="hint" id="{name}-hint">{say(lang, "last4_hint")}</p>
<input type="text" id="{name}" name="last4" maxlength="4" required inputmode="numeric" autocomplete="off"
 aria-describedby="{name}-hint">
"""


def progress(
    found: Progress, token: str, lang: str, by: str = "digits", told: str = "", wrong: str = "", typed: str = ""
) -> str:
    """Where the case stands, and what the citizen can do.

    by: how they came here, "digits" or "slip". told, wrong: keys of words for what has just happened; typed: the text
    that came with it.
    """
    good = f'<p class="good" role="status">{say(lang, told)}</p>' if told else ""
    proof = f'<p class="good"><span aria-hidden="true">✓ </span>{say(lang, "genuine")}</p>' if by == "slip" else ""
    title = say(lang, "result_title")
    asks = by == "slip" and found.has_digits
    forms = "".join(_act(act, found, token, lang, asks, typed) for act in found.acts)
    return page(
        title,
        f"""<h1>{title}</h1>{good}{_bad(say(lang, wrong) if wrong else "")}
{proof}<div class="card"><dl>{_facts(found, lang)}</dl></div>{_history(found, lang)}{forms}
{_contact(found.office_phone, lang)}{_again(lang)}""",
        found.office,
        lang,
        f"/case/{token}",
    )


def _contact(phone: str, lang: str) -> str:
    """The office's own telephone: what this page cannot do, a person can."""
    if not phone:
        return ""
    dialled = "".join(letter for letter in phone if letter in "+0123456789")
    return f'<p>{say(lang, "contact")} <a class="call" href="tel:{dialled}">{escape(phone)}</a></p>'


def _facts(found: Progress, lang: str) -> str:
    rows = [
        ("number", found.number, "number", ""),
        ("status", words.state(lang, found.status, found.kind), "status", ""),
        ("status_on", day(lang, found.status_on), "", ""),
        ("registered_on", day(lang, found.registered_on), "", ""),
        ("due_on", day(lang, found.due_on) if found.due_on else "", "", ""),
        ("division", found.division, "", ' lang="th"' if lang != "th" else ""),
    ]
    if found.permit is not None:
        days = (("permit_since", found.permit.since), ("permit_until", found.permit.until))
        rows.append(("permit_number", found.permit.number, "number", ""))
        rows += [
            (label, day(lang, on), "", "") for label, on in (*days, ("permit_remove_by", found.permit.remove_by)) if on
        ]
    return "".join(
        f'<div><dt>{say(lang, label)}</dt><dd class="{kind}"{of}>{escape(text)}</dd></div>'
        for label, text, kind, of in rows
        if text
    )


def _history(found: Progress, lang: str) -> str:
    """The steps, newest first."""
    if not found.steps:
        return ""
    steps = "".join(_step(step, found.kind, lang) for step in reversed(found.steps))
    return f"""<section class="card" aria-labelledby="history"><h2 id="history">{say(lang, "history")}</h2>
<ol>{steps}</ol></section>"""


def _step(step: Step, kind: str, lang: str) -> str:
    whose = f" · {say(lang, 'by_citizen')}" if step.by_citizen else ""
    what = words.state(lang, step.state, kind) if step.state else say(lang, "told")
    note = f'<p lang="th">{escape(step.note)}</p>' if step.note else ""
    return f"""<li><span class="when">{day(lang, step.on)}{whose}</span>
<strong>{escape(what)}</strong>{note}</li>"""


def _act(act: str, found: Progress, token: str, lang: str, asks: bool, typed: str) -> str:
    ask = digits(lang, f"last4-{act}") if asks else ""
    return {RATE: _rate, REOPEN: _reopen, WITHDRAW: _withdraw}[act](found, token, lang, ask, escape(typed))


def _rate(found: Progress, token: str, lang: str, ask: str, typed: str) -> str:
    scores = "".join(
        f'<label class="score"><input type="radio" name="score" value="{score}" required>{score} {text}</label>'
        for score, text in SCORES[lang].items()
    )
    last = f'<p class="hint">{say(lang, "rate_last")}</p>' if REOPEN in found.acts else ""
    return f"""<section class="card" aria-labelledby="rate"><h2 id="rate">{say(lang, "rate_title")}</h2>{last}
<form method="post" action="/case/{token}/rate{_query(lang)}">
<fieldset><legend>{say(lang, "rate_score")}</legend>{scores}</fieldset>
{_area(lang, "rate-text", "rate_comment", typed)}{ask}<button>{say(lang, "rate_button")}</button></form></section>"""


def _reopen(found: Progress, token: str, lang: str, ask: str, typed: str) -> str:
    until = (
        f'<p class="hint">{say(lang, "reopen_until").format(day=day(lang, found.reopen_until))}</p>'
        if found.reopen_until
        else ""
    )
    return _folded("reopen", token, lang, until, ask, typed, "")


def _withdraw(_found: Progress, token: str, lang: str, ask: str, typed: str) -> str:
    return _folded("withdraw", token, lang, f"<p>{say(lang, 'withdraw_warning')}</p>", ask, typed, ' class="quiet"')


def _folded(path: str, token: str, lang: str, before: str, ask: str, typed: str, button: str) -> str:
    return f"""<details class="card"><summary><h2>{say(lang, f"{path}_title")}</h2></summary>{before}
<form method="post" action="/case/{token}/{path}{_query(lang)}">
{_area(lang, f"{path}-text", f"{path}_reason", typed, " required")}{ask}
<button{button}>{say(lang, f"{path}_button")}</button></form></details>"""


def _area(lang: str, name: str, label: str, typed: str, more: str = "") -> str:
    return f"""<label for="{name}">{say(lang, label)}</label>
<p class="hint" id="{name}-hint">{say(lang, "no_personal")}</p>
<textarea id="{name}" name="text" maxlength="500" rows="3" aria-describedby="{name}-hint"{more}>{typed}</textarea>
"""


def on_its_way(office: str, number: str, lang: str = "th") -> str:
    """A genuine slip whose case has not come to the server yet: the counter was offline."""
    title = say(lang, "on_its_way_title")
    body = f"""<h1>{title}</h1><div class="card"><dl><div><dt>{say(lang, "number")}</dt>
<dd class="number">{escape(number)}</dd></div></dl><p class="note">{say(lang, "on_its_way")}</p></div>{_again(lang)}"""
    return page(title, body, office, lang)


def notice(lang: str, title: str, text: str, hint: str = "", times: Mapping[str, str] | None = None) -> str:
    """A page that says one thing; keys of words."""
    said = say(lang, text).format(**(times or {}))
    note = f'<p class="note">{say(lang, hint)}</p>' if hint else ""
    return page(
        say(lang, title),
        f'<h1>{say(lang, title)}</h1><div class="card"><p>{said}</p>{note}</div>{_again(lang)}',
        lang=lang,
    )


def wait(lang: str, seconds: int, everywhere: bool = False) -> str:
    """Somebody guesses."""
    text = "wait_everywhere" if everywhere else "wait"
    return notice(lang, "wait_title", text, times={"time": words.span(lang, seconds)})


def _bad(message: str) -> str:
    return f'<p class="bad" role="alert">{escape(message)}</p>' if message else ""


def _again(lang: str) -> str:
    return f'<p><a class="again" href="/track{_query(lang)}">{say(lang, "again")}</a></p>'


def _query(lang: str) -> str:
    return "" if lang == "th" else f"?lang={lang}"


def page(title: str, body: str, office: str = "", lang: str = "th", here: str = "") -> str:
    """A whole page around `body`, which is HTML. here: the address of this page, where it has an other language."""
    whose = f'<span lang="th">{escape(office)}</span>' if office else f"<span>{say(lang, 'office')}</span>"
    other = "en" if lang == "th" else "th"
    switch = (
        f'<a class="lang" href="{escape(here)}{_query(other)}" lang="{other}" hreflang="{other}">'
        f"{'English' if other == 'en' else 'ภาษาไทย'}</a>"
        if here
        else ""
    )
    return f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>{escape(title)}</title><style>{STYLE}</style></head>
<body><header>{whose}{switch}</header><main>{body}</main></body></html>"""
