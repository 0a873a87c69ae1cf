-- What became of everything that was read. Grain: one outcome of an item.
select
    Item,
    Outcome,
    Count
from Office_Ledger
