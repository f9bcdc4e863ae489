"""Text measured in terminal cells: width, safe characters, shortening."""

import unicodedata
from functools import lru_cache

_REPLACED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_VARIATIONS = frozenset("\ufe0e\ufe0f")
_NOT_XML = frozenset("\ufffe\uffff")


@lru_cache(maxsize=4096)
def char_width(char: str) -> int:
    """Cells of one character: 0 for a combining mark, 2 for East Asian wide, else 1."""
    if unicodedata.category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cell_width(text: str) -> int:
    """Cells that a printable text takes."""
    return len(text) if text.isascii() else _text_width(text)


@lru_cache(maxsize=16384)
def _text_width(text: str) -> int:
    return sum(map(char_width, text))


def printable(text: str) -> str:
    """The text on one line: control and format characters become visible, a leading mark gets a base."""
    safe = "".join(map(_visible, text))
    return " " + safe if safe and char_width(safe[0]) == 0 else safe


@lru_cache(maxsize=4096)
def _visible(char: str) -> str:
    if char < " ":
        return chr(0x2400 + ord(char))
    # Terminals disagree about the width of emoji variations; without the selector they agree.
    if char in _VARIATIONS:
        return ""
    return "\ufffd" if char in _NOT_XML or unicodedata.category(char) in _REPLACED else char


def asciified(text: str) -> str:
    """The text in ASCII: what is not becomes ``?``, one for each cell."""
    return "".join(char if char.isascii() else "?" * char_width(char) for char in text)


def shorten(text: str, width: int, mark: str = "…") -> str:
    """At most ``width`` cells, the middle replaced by ``mark``, so that start and end stay readable."""
    if cell_width(text) <= width:
        return text
    room = max(width - cell_width(mark), 0)
    tail = _suffix(text, room // 3)
    return _prefix(text, room - cell_width(tail)) + mark + tail


def pieces(text: str, width: int) -> list[str]:
    """The text cut into pieces of at most ``width`` cells (2 or more); nothing is lost."""
    found: list[str] = []
    while cell_width(text) > width:
        head = _prefix(text, width)
        found.append(head)
        text = text[len(head) :]
    return [*found, text]


def _prefix(text: str, width: int) -> str:
    end = used = 0
    for char in text:
        used += char_width(char)
        if used > width:
            break
        end += 1
    return text[:end]


def _suffix(text: str, width: int) -> str:
    start, used = len(text), 0
    while start and used + char_width(text[start - 1]) <= width:
        start -= 1
        used += char_width(text[start])
    while start < len(text) and char_width(text[start]) == 0:
        start += 1
    return text[start:]
