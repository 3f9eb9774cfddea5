"""The HTML side of a letter: the same words as its plain text, nothing that is not in it."""

from html import escape


def as_html(text: str, language: str) -> str:
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.split("\n\n"))
    inside = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    tag = {"zh": "zh-CN", "en": "en"}[language]
    return f'<!doctype html><html lang="{tag}"><body style="font-family:sans-serif">{inside}</body></html>'
