"""The facts the practices are judged from: SQL over the platform's tables, and the contracts.

No sentence here: those are in `assets.dashboards.practices`.
"""

from typing import Any

from assets.dashboards.practices import Facts
from assets.dashboards.site import Site
from assets.dashboards.views import energy_by_month, first_of_month, table_states
from assets.publication.shelf import DATABASES
from checks.protection.declared import WHOLE
from resources.sql import literal

A_YEAR = 366


def practice_facts(site: Site) -> Facts:
    """What is known today."""
    contracts = [table.contract for table in site.tables]
    personal = [each for each in contracts if each.protection.personal_data != "none"]
    states = table_states(site.connection, site.cards)
    month = energy_by_month(site.connection, site.today).get(first_of_month(site.today))
    stored = [state.stored_bytes for state in states if state.stored_bytes is not None]
    budget = site.budget
    columns = [column for contract in contracts for column in contract.columns]
    return Facts(
        tables=len(states),
        published=sum(state.published_on is not None for state in states),
        refused=sum(state.refused for state in states),
        late=len(site.late),
        rules=sum(state.rules for state in states),
        rules_kept=sum(state.rules_passed for state in states),
        set_aside_explained=_explained(site),
        personal_tables=len(personal),
        registered=sum(bool(each.protection.register_entry) for each in personal),
        assessments_missing=sum(entry.assessment.missing for entry in site.register.values())
        if site.register or not personal
        else None,
        personal_in_open=sum(
            each.access == "open" and any(c.personal_data != "none" for c in each.columns)
            for each in contracts
        ),
        personal_unread=_personal_unread(site),
        overdue_rows=_one(site, _volumes("sum(overdue_rows)")),
        journal_intact=site.journal_intact,
        documented_columns=sum(bool(column.description) for column in columns),
        columns=len(columns),
        open_tables=sum(contract.access == "open" for contract in contracts),
        ledger_adds_up=_adds_up(site),
        budgets_kept=_one(site, _budgets("count(*) filter (kept)")),
        budgets=_one(site, _budgets("count(*)")) or 0,
        unread_tables=_one(
            site,
            _volumes("count(*) filter (readers = 0 and last_read_at is null)"),
        )
        if _one(site, "select count(*) from sobriety.volumes")
        else None,
        energy_within_budget=None
        if month is None or month.kwh is None or budget.energy_kwh_month is None
        else month.kwh <= budget.energy_kwh_month,
        storage_within_budget=None
        if not stored or budget.storage_gb is None
        else sum(stored) <= budget.storage_gb * 1e9,
        scanned=_scanned(site),
        restored=site.journal.restored_on is not None
        and (site.today - site.journal.restored_on).days <= A_YEAR,
        encrypted=None
        if site.journal.files is None
        else "restricted" not in {contract.access for contract in contracts}
        or any(name.endswith(DATABASES["restricted"]) for name in site.journal.files),
    )


def _scanned(site: Site) -> bool | None:
    """Whether each published version was searched for personal data before it was."""
    row = site.connection.execute(
        f"""
        select count(*), count(*) filter (scanned)
        from (
            from quality.versions as published
            select
                table_name,
                exists (
                    from quality.results
                    where results.table_name = published.table_name
                        and rule = {literal(WHOLE.name)}
                ) as scanned
            where outcome = 'published'
            group by table_name
        )
        """
    ).fetchone()
    return None if row is None or not row[0] else row[1] == row[0]


def _explained(site: Site) -> bool | None:
    row = site.connection.execute(
        "select count(*), count(*) filter (received_rows <> published_rows + quarantined_rows) "
        "from quality.versions where outcome = 'published' and starts_with(table_name, 'sources.')"
    ).fetchone()
    return None if row is None or not row[0] else row[1] == 0


def _personal_unread(site: Site) -> int | None:
    rows = site.connection.execute(_volumes("table_name, unused_columns")).fetchall()
    if not rows:
        return None
    unread = dict(rows)
    return sum(
        column.personal_data != "none" and column.name in (unread.get(table.key) or [])
        for table in site.tables
        for column in table.contract.columns
    )


def _adds_up(site: Site) -> bool | None:
    row = site.connection.execute(
        """
        select
            runs.cpu_s,
            sum(ledger.cpu_s)
        from sobriety.runs as runs join sobriety.ledger as ledger using (run_id)
        where runs.run_id = (select arg_max(run_id, started_at) from sobriety.runs)
        group by runs.cpu_s
        """
    ).fetchone()
    if row is None or row[0] is None or row[1] is None:
        return None
    return bool(abs(row[0] - row[1]) <= max(0.01 * row[0], 0.02))


def _volumes(columns: str) -> str:
    return (
        f"select {columns} from (from sobriety.volumes "
        "qualify measured_at = max(measured_at) over (partition by table_name))"
    )


def _budgets(columns: str) -> str:
    """Whether each table's last budget rules were all kept."""
    return f"""
        select {columns} from (
            select
                table_name,
                bool_and(passed) as kept
            from (
                from quality.results
                where starts_with(rule, {literal("budget.")})
                qualify checked_at = max(checked_at) over (partition by table_name)
            )
            group by table_name
        )
    """


def _one(site: Site, query: str) -> Any:
    row = site.connection.execute(query).fetchone()
    return row[0] if row is not None else None
