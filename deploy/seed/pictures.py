"""Draws a picture of goods: the same for the same goods, always; a few kB, nothing that runs or is fetched."""

import colorsys
import hashlib
from collections.abc import Mapping
from string import Template
from xml.sax.saxutils import escape

from deploy.seed.icons import ICONS

HUES = {
    "telecom": 212,
    "entertainment": 266,
    "digital": 196,
    "home": 28,
    "food": 12,
    "books": 152,
    "maternity": 334,
    "outdoor": 98,
    "tickets": 350,
    "coupons": 42,
    "services": 176,
}
BADGES = {"blue": ("蓝钻", "#2f6fd6"), "gold": ("黄钻", "#c98a00"), "red": ("红钻", "#c62828")}
LINE_WIDTH = 11.5  # of a line of the name, in Chinese characters
MOST_LINES = 2
LATIN_WIDTH = 0.56

_DRAWING = Template(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 480" role="img">'
    "<title>$title</title>"
    '<defs><linearGradient id="g$id" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="$l"/>'
    '<stop offset="1" stop-color="$t"/></linearGradient></defs>'
    '<rect width="480" height="480" fill="url(#g$id)"/>$ground'
    '<circle cx="240" cy="186" r="128" fill="#fff" fill-opacity=".72"/>'
    '<g transform="translate(240 186)">$icon</g>$badge'
    '<g text-anchor="middle" font-family="Noto Sans SC,PingFang SC,Microsoft YaHei,WenQuanYi Micro Hei,sans-serif">'
    '<g font-size="34" font-weight="700" fill="$d">$name</g>'
    '<text x="240" y="452" font-size="$small" fill="$d" fill-opacity=".75">$english</text></g></svg>'
)


def draw(goods: Mapping[str, str]) -> str:
    """An SVG document of 480 x 480 units.

    ``goods`` has slug, category (``digital/phones``), name_zh, name_en, least_tier, and ``icon`` if it is not its
    category's.
    """
    root, _, leaf = goods["category"].partition("/")
    name_en, dice = goods["name_en"], hashlib.sha256(goods["slug"].encode()).digest()
    colours = _colours((HUES[root] + dice[0] % 25 - 12) % 360)
    lines = wrapped(goods["name_zh"])
    return _DRAWING.substitute(
        **colours,
        id=dice.hex()[:6],
        title=escape(f"{goods['name_zh']} · {name_en}"),
        ground=_ground(dice, colours["m"]),
        icon=Template(ICONS[goods.get("icon", leaf)]).substitute(colours),
        badge=_badge(goods["least_tier"]),
        name="".join(
            f'<text x="240" y="{408 - 42 * (len(lines) - 1) + 42 * place}">{escape(line)}</text>'
            for place, line in enumerate(lines)
        ),
        english=escape(name_en),
        small=19 if len(name_en) <= 40 else 16,
    )


def wrapped(name: str) -> list[str]:
    """A name in at most two lines; what is left over is cut off."""
    lines, line = [], ""
    for sign in name:
        line += sign
        if _width(line) > LINE_WIDTH:
            full, line = _broken(line)
            lines.append(full)
    lines += [line] if line else []
    return lines if len(lines) <= MOST_LINES else [lines[0], lines[1][:-1] + "…"]


def _broken(line: str) -> tuple[str, str]:
    """At its last space if that leaves the line half full, else before its last sign."""
    head, _, tail = line.rpartition(" ")
    return (head, tail) if _width(head) > LINE_WIDTH / 2 else (line[:-1], line[-1])


def _width(text: str) -> float:
    return sum(LATIN_WIDTH if sign.isascii() else 1 for sign in text)


def _colours(hue: int) -> dict[str, str]:
    """Dark, middle, light and tint of one hue."""
    shades = {"d": (0.30, 0.62), "m": (0.58, 0.60), "l": (0.93, 0.85), "t": (0.80, 0.62)}
    return {name: _hex(colorsys.hls_to_rgb(hue / 360, *shade)) for name, shade in shades.items()}


def _hex(rgb: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _ground(dice: bytes, colour: str) -> str:
    """Soft discs behind everything, where this goods' own dice put them."""
    discs = "".join(
        f'<circle cx="{dice[i] * 480 // 255}" cy="{dice[i + 1] * 480 // 255}" r="{30 + dice[i + 2] // 3}"/>'
        for i in range(1, 16, 3)
    )
    return f'<g fill="{colour}" fill-opacity=".13">{discs}</g>'


def _badge(least_tier: str) -> str:
    if least_tier not in BADGES:
        return ""
    text, colour = BADGES[least_tier]
    return (
        f'<rect x="24" y="24" width="104" height="44" rx="22" fill="{colour}"/><text x="76" y="54" font-size="24"'
        f' text-anchor="middle" font-family="Noto Sans SC,Microsoft YaHei,sans-serif" fill="#fff">{text}</text>'
    )
