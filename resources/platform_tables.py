"""The platform's own tables: what was decided of each version, what each run cost.

Columns only grow: a table of an older warehouse gains the new ones when it is opened. What is
written in them is known by `assets`.
"""

DECISIONS = """
create table if not exists quality.results (
    run_id varchar, checked_at timestamp, table_name varchar, version bigint, rule varchar,
    dimension varchar, severity varchar, sentence varchar, expectation varchar, passed boolean,
    observed varchar, checked_rows bigint, unexpected_rows bigint, error varchar
);
create table if not exists quality.versions (
    run_id varchar, decided_at timestamp, table_name varchar, version bigint, outcome varchar,
    fingerprint varchar, received_rows bigint, published_rows bigint, quarantined_rows bigint,
    stored_bytes bigint, reason varchar, data_date timestamp, content varchar,
    received_sha256 varchar
);
create table if not exists quality.released (
    table_name varchar, version bigint, released_at timestamp, cell varchar, column_name varchar,
    value double, seal varchar, sensitive boolean, lines varchar[]
);
alter table quality.versions add column if not exists content varchar;
alter table quality.versions add column if not exists received_sha256 varchar;
alter table quality.results add column if not exists partition varchar;
create table if not exists quality.partitions (
    run_id varchar, decided_at timestamp, table_name varchar, version bigint, partition varchar,
    outcome varchar, fingerprint varchar, received_rows bigint, published_rows bigint,
    quarantined_rows bigint, reason varchar, data_date timestamp, content varchar,
    received_sha256 varchar, cpu_s double
);
"""
# One line per stretch of work: run = Σ lines (`assets.sobriety.ledger`).
LEDGER = """
create table if not exists sobriety.ledger (
    run_id varchar, asset varchar, activity varchar, started_at timestamp, outcome varchar,
    rows_in bigint, rows_out bigint, bytes_in bigint, bytes_out bigint, cpu_s double,
    wall_s double, kwh_low double, kwh double, kwh_high double, gco2e_low double, gco2e double,
    gco2e_high double, codecarbon_kwh double, method varchar, coefficients varchar, factor varchar
);
"""
SOBRIETY = """
create table if not exists sobriety.runs (
    run_id varchar, started_at timestamp, ended_at timestamp, cpu_s double, wall_s double,
    machine_busy_s double, processors integer, load double, peak_memory_bytes bigint,
    codecarbon_version varchar, tables_built integer, tables_unchanged integer,
    tables_refused integer
);
create table if not exists sobriety.avoided (
    run_id varchar, asset varchar, avoided_at timestamp, runs_compared integer, cpu_s double,
    cpu_s_low double, cpu_s_high double
);
create table if not exists sobriety.volumes (
    run_id varchar, measured_at timestamp, table_name varchar, received_bytes bigint,
    landed_bytes bigint, stored_bytes bigint, published_bytes bigint, received_rows bigint,
    kept_rows bigint, columns_kept integer, columns_used integer,
    unused_columns varchar[], readers integer, last_read_at timestamp, overdue_rows bigint,
    oldest timestamp
);
create table if not exists sobriety.hosting (
    month date, line varchar, hours double, quantity double, unit varchar, kwh_low double,
    kwh double, kwh_high double, gco2e_low double, gco2e double, gco2e_high double,
    coefficients varchar, factor varchar
);
create table if not exists sobriety.control (
    measured_at timestamp, run_id varchar, cpu_s double, wall_s double, load double,
    processors integer, workload varchar
);
create table if not exists sobriety.months (
    month date, asset varchar, activity varchar, runs bigint, cpu_s double, kwh_low double,
    kwh double, kwh_high double, gco2e_low double, gco2e double, gco2e_high double,
    codecarbon_kwh double, bytes_in bigint, rows_out bigint, method varchar,
    coefficients varchar, factor varchar
);
create table if not exists sobriety.factors (
    kind varchar, identity varchar, unit varchar, low double, central double, high double,
    year integer, source varchar, url varchar, in_use boolean
);
"""
PLATFORM_TABLES = DECISIONS + LEDGER + SOBRIETY
# What analysts read of them.
PUBLISHED_TABLES = (
    "quality.results",
    "quality.versions",
    "quality.partitions",
    "sobriety.ledger",
    "sobriety.runs",
    "sobriety.avoided",
    "sobriety.volumes",
    "sobriety.hosting",
    "sobriety.control",
    "sobriety.months",
    "sobriety.factors",
)
# What a warehouse that is made again takes back from the former one, when it can be read.
REMEMBERED_TABLES = (*PUBLISHED_TABLES, "quality.released")
