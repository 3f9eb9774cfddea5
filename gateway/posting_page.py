"""A page that posts a form to a payment provider as soon as it is there, or at a click where scripts are off."""

from collections.abc import Mapping
from secrets import token_urlsafe
from urllib.parse import urlsplit

from flask import Response, render_template_string

PAGE = """<!doctype html>
<html lang="{{ language }}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>积分商城</title>
<form id="cashier" method="post" action="{{ url }}" accept-charset="utf-8">
{% for name, value in fields.items() %}<input type="hidden" name="{{ name }}" value="{{ value }}">
{% endfor %}<button>{{ words }}</button>
</form>
<script nonce="{{ nonce }}">document.getElementById("cashier").submit()</script>
</html>
"""
WORDS = {"zh": "前往支付", "en": "Go on to pay"}


def posting_page(url: str, fields: Mapping[str, str], language: str) -> Response:
    """Its policy lets this one script run and this one address be posted to, and nothing else."""
    nonce, parts = token_urlsafe(16), urlsplit(url)
    page = render_template_string(PAGE, url=url, fields=fields, words=WORDS[language], language=language, nonce=nonce)
    policy = (
        f"default-src 'self'; script-src 'nonce-{nonce}'; form-action {parts.scheme}://{parts.netloc};"
        " object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": policy, "Vary": "Accept-Language"})
