"""What a key gives on the Thai (Kedmanee, TIS 820-2538) and on the US keyboard.

A USB scanner types key codes. With the keyboard switched to Thai, "1" arrives as "ๅ" and a whole slip as nonsense;
and a clerk who forgot to switch types "wad" for "ไฟก". Both can be undone.
"""

US = "1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?`~"
THAI = 'ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ_%'

_TO_US = str.maketrans(THAI, US)
_TO_THAI = str.maketrans(US, THAI)
_SHIFTED = dict(zip(US[:46] + "`", US[46:92] + "~", strict=True))
_OTHER_LEVEL = str.maketrans({**_SHIFTED, **{above: below for below, above in _SHIFTED.items()}})
_INVERTED_LINKS = ("HTTP://", "HTTPS://", "THAID://", "INTENT://")


def as_us(text: str) -> str:
    """What the scanner meant when the keyboard stood on Thai."""
    return text.translate(_TO_US)


def as_thai(text: str) -> str:
    """What the clerk meant when the keyboard stood on English."""
    return text.translate(_TO_THAI)


def looks_thai(text: str) -> bool:
    """Whether any letter is from the Thai block."""
    return any("\u0e00" <= letter <= "\u0e7f" for letter in text)


def meanings(text: str) -> list[str]:
    """What a scanner may have meant, likeliest first: keyboard on English or Thai, Caps Lock off or on.

    On a Thai keyboard Caps Lock shifts every key, on an English one the letters only.
    """
    found = _either_case(text)
    if looks_thai(text):
        pressed = as_us(text)
        found += [*_either_case(pressed), pressed.translate(_OTHER_LEVEL)]
    return list(dict.fromkeys(found))


def _either_case(text: str) -> list[str]:
    """As it is and as Caps Lock would turn it; what looks turned comes last."""
    turned = text.startswith(_INVERTED_LINKS) or ("://" not in text and text == text.lower())
    return [text.swapcase(), text] if turned else [text, text.swapcase()]
