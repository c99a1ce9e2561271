"""The rights of an installation that has one role for everything: a function that its owner may call.

Earlier migrations have made it, and made it anew for each table that rows may be deleted from. Since then
every upgrade writes it as ``migrations.grants`` has it, so that no migration need do so again.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from migrations.grants import FUNCTIONS, RIGHTS, Role, existing

_MAY_BE_DELETED_FROM = sorted(
    table
    for table, rights in RIGHTS.items()
    if table != "audit_pending" and any("DELETE" in words for words in rights.values())
)
_DEFINITION = f"""
CREATE OR REPLACE FUNCTION grant_worker(worker name)
RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    target text;
    rights text;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), worker);
    FOR target IN
        SELECT relname FROM pg_class
         WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    LOOP
        rights := CASE
            WHEN target IN ('audit_entries', 'alembic_version') THEN 'SELECT'
            WHEN target = 'audit_pending' THEN 'SELECT, DELETE'
            WHEN target IN ({", ".join(f"'{table}'" for table in _MAY_BE_DELETED_FROM)})
                THEN 'SELECT, INSERT, UPDATE, DELETE'
            WHEN EXISTS (
                SELECT FROM pg_trigger
                 WHERE tgrelid = target::regclass AND tgname = target || '_append_only'
            ) THEN 'SELECT, INSERT'
            ELSE 'SELECT, INSERT, UPDATE'
        END;
        EXECUTE format('REVOKE ALL ON TABLE %I FROM %I', target, worker);
        EXECUTE format('GRANT %s ON TABLE %I TO %I', rights, target, worker);
    END LOOP;
    FOREACH target IN ARRAY ARRAY[{", ".join(f"'{function}'" for function in FUNCTIONS)}] LOOP
        IF to_regprocedure(target) IS NOT NULL THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', to_regprocedure(target), worker);
        END IF;
    END LOOP;
END $$
"""  # noqa: S608 - names of our own tables and functions


def grant_to_one_role(connection: Connection) -> None:
    """Write the function anew where there is one, and call it for ``artgate_worker`` where that is alone."""
    if connection.scalar(text("SELECT to_regprocedure('grant_worker(name)') IS NULL")):
        return
    connection.exec_driver_sql(_DEFINITION.replace("%", "%%"))
    if existing(connection) - {Role.MIGRATOR} == {Role.WORKER}:
        connection.execute(text("SELECT grant_worker(:role)"), {"role": Role.WORKER.value})
