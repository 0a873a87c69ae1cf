-- purpose: Where every column comes from, one step back; the steps lead to the tables that were read.
-- grain: TableName, ColumnName, SourceTable, SourceColumn
-- source: docs/how-it-works.md
select
    table_name as TableName,
    column_name as ColumnName,
    source_table as SourceTable,
    source_column as SourceColumn,
    source_description as SourceDescription
from column_source
