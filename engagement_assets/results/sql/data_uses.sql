-- The columns that are made of a column, one step on. Grain: one column.
select
    TableName,
    ColumnName
from Column_Lineage
where SourceTable = $of_table and SourceColumn = $of_column
order by TableName, ColumnName
