-- For a database that was set up when Convoy's processes still owned their tables. Once, as a superuser:
--   psql --set ON_ERROR_STOP=1 --dbname convoy --file deploy/postgres/separate-owner.sql
-- with CONVOY_OWNER_DB_PASSWORD in the environment. Afterwards "convoy migrate" runs with CONVOY_POSTGRES_OWNER_URL.
\getenv convoy_owner_password CONVOY_OWNER_DB_PASSWORD
begin;
create role convoy_owner login password :'convoy_owner_password';
alter database convoy owner to convoy_owner;
reassign owned by convoy to convoy_owner;
grant connect on database convoy to convoy;
commit;
