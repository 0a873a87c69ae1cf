-- The names of all tables that the pipeline knows of, segments that a rule made left out: those may
-- be saved again. Grain: one name.
with named as (
    select table_name as Name
    from duckdb_tables()
    where database_name = 'snapshot'
    union all
    select TableName as Name
    from Column_Lineage
    union all
    select SourceTable as Name
    from Column_Lineage
    union all
    select Segment as Name
    from Segment_Definition
    union all
    select Measure as Name
    from Measure_Definition
)

select distinct Name
from named
where
    Name not in (
        select Segment
        from Segment_Definition
        where contains(Sql, '-- source: ' || $source)
    )
order by Name
