"""Questions to a PostgreSQL server: is it there, may Chinese be searched in it, which databases has it.

The launcher itself has no driver; the virtual environment has one, so each question is a small program run there.
"""

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.launcher.failure import Failure

PROGRAM = """
import json, sys
import psycopg2
from psycopg2 import sql
task, server, base, *rest = sys.argv[1:]

def ask(url, query, *values):
    connection = psycopg2.connect(url, connect_timeout=5)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(query, values or None)
    rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows

# The underscore of a name is a wildcard in LIKE: compared by length instead.
OURS = "select datname from pg_database where datname = %s or left(datname, length(%s) + 1) = %s || '_'"
if task == "create":
    if not ask(server, "select 1 from pg_database where datname = %s", base):
        ask(server, sql.SQL("create database {} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' "
                            "lc_ctype 'C.UTF-8'").format(sql.Identifier(base)))
    ask(rest[0], "create extension if not exists pg_trgm")
    answer = ask(rest[0], "select current_setting('server_version'), datctype, cardinality(show_trgm('积分')) > 0 "
                          "from pg_database where datname = current_database()")[0]
elif task == "drop":
    names = [name for name, in ask(server, OURS, base, base, base)]
    for name in names:
        ask(server, sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        login = name + "_app"  # as services.chassis.data.roles names it
        if ask(server, "select 1 from pg_roles where rolname = %s", login):
            ask(server, sql.SQL("drop role {}").format(sql.Identifier(login)))
    answer = names
else:
    identity = ask(server, "select system_identifier::text from pg_control_system()")
    answer = identity + ask(server, "select oid::text, " + OURS[7:] + " order by oid", base, base, base)
print(json.dumps(answer))
"""


class Databases:
    def __init__(self, python: Path, url: str) -> None:
        """`url` names the server and the base name; the services' databases are `<base>_<service>`."""
        self.python = python
        self.url = url
        parts = urlsplit(url)
        self.base = parts.path.lstrip("/") or "mall"
        self.server_url = urlunsplit(parts._replace(path="/postgres"))
        self.place = f"{parts.hostname}:{parts.port or 5432}"

    def create_base(self) -> str:
        """Makes sure of the base database and that Chinese can be searched in it. Returns the server's version."""
        version, ctype, chinese_letters = self._ask("create", self.url)
        if not chinese_letters:
            raise Failure("database.locale", database=self.base, ctype=ctype)
        return str(version)

    def identity(self) -> str:
        """Changes when the cluster or one of the databases is another one than last time."""
        return json.dumps(self._ask("identity"))

    def drop_all(self) -> list[str]:
        """With the logins that are for one of them alone."""
        return [str(name) for name in self._ask("drop")]

    def _ask(self, task: str, *rest: str) -> list[object]:
        command: list[str | Path] = [self.python, "-c", PROGRAM, task, self.server_url, self.base, *rest]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        if asked.returncode:
            reason = asked.stderr.strip().splitlines()[-1] if asked.stderr.strip() else "?"
            raise Failure("database.refused", place=self.place, reason=reason)
        answer: list[object] = json.loads(asked.stdout)
        return answer
