from pathlib import Path

from deploy.launcher.stamps import digest, holds, put


def test_a_stamp_holds_until_its_value_changes(tmp_path: Path) -> None:
    stamp = tmp_path / "stamps" / "migrate"
    assert not holds(stamp, "one")
    put(stamp, "one")
    assert holds(stamp, "one")
    assert not holds(stamp, "two")


def test_content_name_and_words_all_count(tmp_path: Path) -> None:
    first, second = tmp_path / "0001_accounts.py", tmp_path / "0002_lots.py"
    first.write_text("a")
    before = digest([first], "database 1")
    assert digest([first], "database 2") != before
    second.write_text("")
    assert digest([first, second], "database 1") != before
    first.write_text("b")
    assert digest([first], "database 1") != before
    first.write_text("a")
    assert digest([first], "database 1") == before


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("b", "a")]
    for file in files:
        file.write_text(file.name)
    assert digest(files) == digest(reversed(files))
