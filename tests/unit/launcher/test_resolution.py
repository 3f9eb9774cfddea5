"""Which PostgreSQL, which RabbitMQ, which packages: decided by what lies on the disk and in the environment."""

from pathlib import Path

import pytest

from deploy.launcher import backing, postgres_programs
from deploy.launcher.backing import Backing, Wish, choose_backing
from deploy.launcher.failure import Failure
from deploy.launcher.launch import Launch
from deploy.launcher.layout import ROOT, Layout
from deploy.launcher.ports import Ports
from deploy.launcher.postgres_programs import find_postgres
from deploy.launcher.python_packages import allowed_versions
from deploy.launcher.rabbitmq_node import node_password
from deploy.launcher.rabbitmq_programs import find_rabbitmq


def put_postgres(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).touch(mode=0o755)
    return folder


@pytest.fixture(autouse=True)
def _no_named_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALL_PG_BIN", raising=False)


def test_the_embedded_postgres_comes_before_installed_ones(tmp_path: Path) -> None:
    installed = put_postgres(tmp_path / "usr/lib/postgresql/15/bin")
    found = find_postgres(tmp_path / "venv", tmp_path)
    assert found
    assert (found.bin, found.origin) == (installed, "installed")
    embedded = put_postgres(tmp_path / "venv/lib/python3.11/site-packages/embedded_postgres/pginstall/bin")
    found = find_postgres(tmp_path / "venv", tmp_path)
    assert found
    assert (found.bin, found.origin) == (embedded, "embedded")


def test_the_newest_installed_postgres_is_taken_by_number_not_by_spelling(tmp_path: Path) -> None:
    for major in ("9", "15", "17"):
        put_postgres(tmp_path / f"usr/lib/postgresql/{major}/bin")
    found = find_postgres(tmp_path / "venv", tmp_path)
    assert found
    assert found.bin.parent.name == "17"


def test_a_folder_without_the_server_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/postgresql/15/bin").mkdir(parents=True)
    assert find_postgres(tmp_path / "venv", tmp_path) is None


def test_named_programs_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALL_PG_BIN", str(put_postgres(tmp_path / "own")))
    put_postgres(tmp_path / "usr/lib/postgresql/15/bin")
    found = find_postgres(tmp_path / "venv", tmp_path)
    assert found
    assert found.origin == "named"


def test_rabbitmq_needs_its_erlang(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8").mkdir(parents=True)
    assert find_rabbitmq(tmp_path, "unpacked") is None
    (tmp_path / "usr/lib/erlang/erts-13.1.5").mkdir(parents=True)
    found = find_rabbitmq(tmp_path, "unpacked")
    assert found
    assert found.version == "3.10.8"


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    return Launch(Layout(ROOT, tmp_path, tmp_path))


def test_silent_servers_are_named_with_what_to_do(launch: Launch) -> None:
    closed = Ports(launch.layout.home / "none", usual=False).book("closed", 0)
    for name, url in (("MALL_AMQP_URL", "amqp"), ("MALL_DATABASE_URL", "postgresql")):
        given = {name: f"{url}://user:secret@127.0.0.1:{closed}/base"}
        choose = backing._choose_broker if name == "MALL_AMQP_URL" else backing._choose_database
        with pytest.raises(Failure) as caught:
            choose(launch, Wish(), Ports(launch.layout.home / "none"), given, Backing())
        assert str(closed) in caught.value.what
        assert "secret" not in caught.value.what
        assert name in caught.value.advice


@pytest.mark.parametrize("given", ["nonsense", "mysql://root@127.0.0.1:5432/x", "postgresql://u@h:no/x", "amqp:///x"])
def test_what_is_no_address_is_said_before_anything_starts(launch: Launch, given: str) -> None:
    for name, choose in (("MALL_AMQP_URL", backing._choose_broker), ("MALL_DATABASE_URL", backing._choose_database)):
        with pytest.raises(Failure) as caught:
            choose(launch, Wish(), Ports(launch.layout.home / "none"), {name: given}, Backing())
        assert caught.value.key == "address.malformed"
        assert name in caught.value.what


def test_no_two_nodes_have_one_password_and_an_old_node_keeps_its_own(tmp_path: Path) -> None:
    first, second, old = (tmp_path / name for name in ("first", "second", "old"))
    (old / "mnesia").mkdir(parents=True)
    assert node_password(first) == node_password(first) != node_password(second)
    assert (first / "password").stat().st_mode & 0o077 == 0
    assert node_password(old) == "mall"


@pytest.mark.parametrize(
    ("given", "wish", "base"),
    [
        ("postgresql://u@h:1/shop", Wish(name="mall_1"), "shop"),
        ("postgresql://u@h:1", Wish(name="mall_1"), "mall_1"),
        ("postgresql://u@h:1/shop", Wish(name="mall_test_1", temporary=True), "mall_test_1"),
    ],
)
def test_a_test_never_uses_the_named_database_itself(
    launch: Launch, monkeypatch: pytest.MonkeyPatch, given: str, wish: Wish, base: str
) -> None:
    monkeypatch.setattr(backing, "postgres_answers", lambda *_: True)
    chosen = Backing()
    backing._choose_database(launch, wish, Ports(launch.layout.home / "none"), {"MALL_DATABASE_URL": given}, chosen)
    assert chosen.database_url == f"postgresql://u@h:1/{base}"
    assert not chosen.own_databases


def test_no_postgres_at_all_is_said(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backing, "find_postgres", lambda _venv: None)
    with pytest.raises(Failure) as caught:
        backing._choose_database(launch, Wish(), Ports(launch.layout.home / "none"), {}, Backing())
    assert caught.value.key == "no.postgres"


def test_a_package_for_other_platforms_may_be_absent_but_not_different() -> None:
    lock = 'a==1.0 \\\n    --hash=sha256:0\nB_b==2 ; sys_platform == "win32" \\\n    --hash=sha256:1\n'
    assert allowed_versions(lock) == {"a": {"1.0"}, "b-b": {"2", ""}}


def test_locks_carry_no_addresses() -> None:
    for lock in (ROOT / "requirements.lock", ROOT / "deploy/launcher/installer.lock"):
        assert "://" not in lock.read_text()


def test_installed_places_are_below_the_root_given() -> None:
    assert not any(pattern.startswith("/") for pattern in postgres_programs.INSTALLED)


def test_choosing_starts_with_the_slow_one(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(backing, "_choose_broker", lambda *_: order.append("broker"))
    monkeypatch.setattr(backing, "_choose_database", lambda *_: order.append("database"))
    choose_backing(launch, Wish(), Ports(launch.layout.home / "none"), Backing())
    assert order == ["broker", "database"]
