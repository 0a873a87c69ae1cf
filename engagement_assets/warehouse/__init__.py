"""The warehouse: everything that DuckDB does.

What belongs in this room: opening the database, landing activity as typed Parquet, running the
SQL models of ``dbt_like_sql/`` in order, and publishing a snapshot by building it beside the old
one and renaming it.

What does not: Microsoft Graph and the other activity sources (they hand over NDJSON files),
Dagster (``pipeline/`` calls the functions here), and business rules (each is a ``.sql`` file).
"""
