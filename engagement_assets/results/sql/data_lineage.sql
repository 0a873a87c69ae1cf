-- Every step back from a column to what was read. Grain: one column and one that it is made of.
with recursive step as (
    select
        TableName,
        ColumnName,
        SourceTable,
        SourceColumn,
        SourceDescription
    from Column_Lineage
    where TableName = $of_table and ColumnName = $of_column
    union
    select
        further.TableName,
        further.ColumnName,
        further.SourceTable,
        further.SourceColumn,
        further.SourceDescription
    from Column_Lineage as further
    inner join step
        on further.TableName = step.SourceTable and further.ColumnName = step.SourceColumn
)

select *
from step
order by TableName, ColumnName, SourceTable, SourceColumn
