-- title: 2 to 2,500 persons
-- severity: stop
-- purpose: There are 2 to 2,500 persons.
-- source: numbers 1
select count(*) as persons
from Office_UserEntity
having count(*) not between 2 and 2500
