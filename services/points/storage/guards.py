"""What guards the tables: triggers, functions, constraints and rights, as they are now and as the release has them.

Each guard is a name and its definition as text. The definitions of the release are in guards.json beside the service's
roles; what a month's partition of the entries must have goes by the name of any month.
"""

import json
import re
from pathlib import Path

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.roles import ROLES

RELEASED = Path(__file__).parent.parent / "guards.json"
MONTHS = "entry_<month>"
_IS_MONTH = "~ '^entry_[0-9]{4}_[0-9]{2}$'"
_TRIGGERS = sa.text("""
    SELECT 'trigger ' || class.relname || '.' || trigger.tgname AS name,
           concat_ws(' ', CASE trigger.tgenabled WHEN 'O' THEN 'on' WHEN 'D' THEN 'disabled'
                                                 ELSE CAST(trigger.tgenabled AS text) END,
                     trigger.tgtype, trigger.tgfoid::regproc, encode(trigger.tgargs, 'escape'), trigger.tgoldtable,
                     trigger.tgnewtable, substring(pg_get_triggerdef(trigger.oid) FROM 'WHEN .*EXECUTE')) AS definition
    FROM pg_trigger AS trigger JOIN pg_class AS class ON class.oid = trigger.tgrelid
    WHERE class.relnamespace = 'public'::regnamespace AND NOT trigger.tgisinternal
""")
# Those of foreign keys have numbers for names.
_OF_CONSTRAINTS = sa.text("""
    SELECT 'trigger ' || class.relname || ' of ' || constraint_.conname AS name,
           min(CASE trigger.tgenabled WHEN 'O' THEN 'on' ELSE 'disabled' END) AS definition
    FROM pg_trigger AS trigger JOIN pg_class AS class ON class.oid = trigger.tgrelid
    JOIN pg_constraint AS constraint_ ON constraint_.oid = trigger.tgconstraint
    WHERE class.relnamespace = 'public'::regnamespace AND trigger.tgisinternal GROUP BY 1
""")
_FUNCTIONS = sa.text("""
    SELECT 'function ' || oid::regprocedure AS name,
           concat_ws(' ', encode(sha256(convert_to(prosrc, 'UTF8')), 'hex'), CASE WHEN prosecdef THEN 'as owner' END,
                     array_to_string(proconfig, ' ')) AS definition
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
""")
_CONSTRAINTS = sa.text("""
    SELECT 'constraint ' || class.relname || '.' || constraint_.conname AS name,
           pg_get_constraintdef(constraint_.oid) AS definition
    FROM pg_constraint AS constraint_ JOIN pg_class AS class ON class.oid = constraint_.conrelid
    WHERE class.relnamespace = 'public'::regnamespace AND constraint_.contype IN ('c', 'f', 'p', 'u', 'x')
""")
# Of everybody but the owner: on whole tables and on columns. Auditors may look into the months that were there when
# rights were last granted.
_RIGHTS = sa.text(f"""
    SELECT 'rights of ' || grantee || ' on ' || thing AS name,
           string_agg(DISTINCT privilege, ', ' ORDER BY privilege) AS definition
    FROM (SELECT class.relname AS thing, class.relowner AS owner, acl.grantee AS who,
                 acl.privilege_type AS privilege
          FROM pg_class AS class CROSS JOIN aclexplode(class.relacl) AS acl
          WHERE class.relnamespace = 'public'::regnamespace
          UNION ALL
          SELECT class.relname, class.relowner, acl.grantee, acl.privilege_type || ' (' || attname || ')'
          FROM pg_attribute AS attribute JOIN pg_class AS class ON class.oid = attribute.attrelid
          CROSS JOIN aclexplode(attribute.attacl) AS acl WHERE class.relnamespace = 'public'::regnamespace
          UNION ALL
          SELECT oid::regprocedure::text, proowner, acl.grantee, acl.privilege_type
          FROM pg_proc CROSS JOIN aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
          WHERE pronamespace = 'public'::regnamespace) AS granted
    CROSS JOIN LATERAL (SELECT coalesce((SELECT rolname FROM pg_roles WHERE oid = who), 'everybody') AS grantee) AS name
    WHERE who <> owner AND NOT (thing {_IS_MONTH} AND grantee = '{ROLES.auditor}' AND privilege = 'SELECT')
    GROUP BY grantee, thing
""")  # noqa: S608
_ROLES = sa.text("""
    SELECT 'role ' || rolname AS name, concat_ws(' ', CASE WHEN rolsuper THEN 'superuser' END,
           CASE WHEN rolcreaterole THEN 'createrole' END, CASE WHEN rolcreatedb THEN 'createdb' END,
           CASE WHEN rolbypassrls THEN 'bypassrls' END, CASE WHEN rolreplication THEN 'replication' END,
           CASE WHEN rolcanlogin THEN 'login' END, (
               SELECT 'member of ' || string_agg(roleid::regrole::text, ', ' ORDER BY 1) FROM pg_auth_members
               WHERE member = pg_roles.oid)) AS definition
    FROM pg_roles WHERE rolname = ANY(CAST(:ours AS text[])) OR (
        (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)
        AND oid <> (SELECT datdba FROM pg_database WHERE datname = current_database())
        AND EXISTS (SELECT FROM pg_auth_members
                    WHERE member = pg_roles.oid AND roleid = ANY(CAST(CAST(:ours AS text[]) AS regrole[]))))
""")
# What silences triggers or rewrites statements where nobody looks for it.
_UNHEARD = sa.text("""
    SELECT 'setting ' || coalesce(datname, 'of every database') || ' '
           || coalesce(rolname, 'for everybody') AS name, setting AS definition
    FROM pg_db_role_setting LEFT JOIN pg_database ON pg_database.oid = setdatabase
    LEFT JOIN pg_roles ON pg_roles.oid = setrole CROSS JOIN unnest(setconfig) AS setting
    WHERE setting LIKE 'session\\_replication\\_role=%' AND coalesce(datname, current_database()) = current_database()
    UNION ALL
    SELECT 'rule ' || tablename || '.' || rulename, definition FROM pg_rules WHERE schemaname = 'public'
    UNION ALL
    SELECT 'policy ' || tablename || '.' || policyname, coalesce(qual, with_check, '') FROM pg_policies
    WHERE schemaname = 'public'
""")
_APART = sa.text("""
    SELECT 'partition ' || child.relname AS name,
           pg_get_expr(child.relpartbound, child.oid) AS definition
    FROM pg_class AS child WHERE child.relname ~ '^entry_' AND child.relkind = 'r'
          AND child.relnamespace = 'public'::regnamespace AND NOT child.relispartition
""")
_MONTHS = sa.text("SELECT relname FROM pg_class WHERE relname ~ '^entry_[0-9]{4}_[0-9]{2}$' AND relkind = 'r'")
_EACH = (_TRIGGERS, _OF_CONSTRAINTS, _FUNCTIONS, _CONSTRAINTS, _RIGHTS, _UNHEARD, _APART)
Guards = dict[str, str]


def guards_there(work: Work) -> Guards:
    ours = {"ours": [ROLES.app, ROLES.auditor]}
    rows = [*work.execute(_ROLES, ours), *(row for statement in _EACH for row in work.execute(statement))]
    return {row.name: row.definition or "" for row in rows}


def guards_of_release(work: Work) -> Guards:
    """For the months that there are."""
    months = list(work.execute(_MONTHS).scalars())
    of_release: Guards = json.loads(RELEASED.read_text())
    return {
        name.replace(MONTHS, month): definition
        for name, definition in of_release.items()
        for month in (months if MONTHS in name else [""])
    }


def for_any_month(guards: Guards) -> Guards:
    """As the release keeps them."""
    return {re.sub(r"\bentry_[0-9]{4}_[0-9]{2}\b", MONTHS, name): one for name, one in guards.items()}
