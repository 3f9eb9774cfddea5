import pytest

from services.catalog.domain.pictures import PictureUnsafe, check_picture, etag_of

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'


def svg(inside):
    return f"<svg {XMLNS}>{inside}</svg>"


def test_a_drawing_is_accepted():
    check_picture(svg('<defs><linearGradient id="g"/></defs><rect fill="url(#g)"/><text>茶</text>'))


@pytest.mark.parametrize(
    "unsafe",
    [
        "",
        "<svg",
        "not xml",
        "<html></html>",
        svg("<script>alert(1)</script>"),
        svg("<SCRIPT/>"),
        svg('<x:script xmlns:x="http://www.w3.org/2000/svg"/>'),
        svg('<rect onload="alert(1)"/>'),
        svg('<rect OnClick="alert(1)"/>'),
        svg('<a href="https://example.org"><rect/></a>'),
        svg('<image href="https://example.org/x.png"/>'),
        svg('<use xlink:href="#x" xmlns:xlink="http://www.w3.org/1999/xlink"/>'),
        svg("<foreignObject/>"),
        svg("<style>@import url(https://example.org)</style>"),
        svg('<rect style="fill:url(https://example.org)"/>'),
        svg('<rect fill="url( https://example.org/x )"/>'),
        f'<!DOCTYPE svg [<!ENTITY a "aaaa">]>{svg("&a;")}',
        svg("") + svg(""),
    ],
)
def test_what_runs_or_fetches_or_is_no_drawing_is_refused(unsafe):
    with pytest.raises(PictureUnsafe):
        check_picture(unsafe)


def test_an_etag_tells_pictures_apart():
    assert etag_of(svg("")) == etag_of(svg(""))
    assert etag_of(svg("")) != etag_of(svg(" "))
