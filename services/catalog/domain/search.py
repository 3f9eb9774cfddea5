"""Text that a trigram index finds Chinese words of two characters in.

Trigrams need three signs, most Chinese words have two. So every run of Chinese characters is written as its
overlapping pairs, each a word of its own (耳机壳 -> 耳机 机壳 壳); a word looked for is written the same way.
"""

import re
import unicodedata
from itertools import pairwise

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
SHORTEST_INFIX = 3
MOST_RUNS = 12


def searchable(*texts: str) -> str:
    """What is stored: lower-case words in single spaces, with one space at either end."""
    words = [word for text in texts for run in _runs(text) for word in _words(run)]
    return f" {' '.join(words)} "


def patterns(words: str) -> list[str]:
    """LIKE patterns that all must match; empty if nothing in ``words`` can be looked for."""
    return [_pattern(run) for run in _runs(words)[:MOST_RUNS]]


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def _words(run: str) -> list[str]:
    if not _IS_HAN.match(run):
        return [run]
    return [*map("".join, pairwise(run)), run[-1]]


def _pattern(run: str) -> str:
    """Letters match inside of words from three letters on; a single character or two letters begin a word."""
    if _IS_HAN.match(run):
        return f"% {' '.join(_words(run)[:-1])} %" if len(run) > 1 else f"% {run}%"
    return f"%{run}%" if len(run) >= SHORTEST_INFIX else f"% {run}%"
