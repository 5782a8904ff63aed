import { Migration } from '@mikro-orm/migrations';

/**
 * What devices measured over time: as it was collected, per hour and per day. The tables hold nothing but numbers; what a
 * number stands for says the series. They are split by time, so that what is old goes as a whole table and costs nothing.
 */
export class DeviceMetrics extends Migration {
  override up(): void {
    const statements = [...TABLES, ...SERIES_TABLES, ADD_PARTITIONS, DROP_PARTITIONS, ...RIGHTS];
    for (const statement of statements) this.addSql(statement);
  }
}

/** Columns of each kind, and the type of its values. A float of four bytes is exact to seven digits. */
const COLUMNS = {
  device: {
    cpu_load_percent: 'real',
    memory_used_percent: 'real',
    disk_used_percent: 'real',
    temperature_celsius: 'real',
    voltage: 'real',
    uptime_seconds: 'double precision',
    wireless_clients: 'real',
    dhcp_leases: 'real',
  },
  interface: {
    rx_bps: 'real',
    tx_bps: 'real',
    rx_packets_per_second: 'real',
    tx_packets_per_second: 'real',
    errors_per_second: 'real',
    drops_per_second: 'real',
  },
  pool: { used_addresses: 'real', total_addresses: 'real' },
} as const;

const TABLES = [
  // A number instead of two texts in each of millions of rows. Only the device itself has no name.
  `create table metric_series (
    series_id int not null generated always as identity primary key,
    device_id text not null references device,
    kind text not null,
    name text not null,
    constraint metric_series_unique unique (device_id, kind, name)
  )`,
  // Counters as they were last seen, of which the next ones are the rate.
  `create table metric_counters (
    device_id text not null primary key references device,
    at timestamptz not null,
    uptime_seconds double precision not null,
    interfaces jsonb not null
  )`,
  // Everything before this time is down-sampled, and may go.
  `create table metric_progress (
    resolution text not null primary key,
    through timestamptz not null
  )`,
  `insert into metric_progress (resolution, through) values
    ('hour', date_trunc('hour', now())), ('day', date_trunc('day', now(), 'UTC'))`,
];

/** No reference to the series: it would be looked up for each row, and series are never removed. */
const SERIES_TABLES = Object.entries(COLUMNS).flatMap(([kind, columns]) => {
  const values = Object.entries(columns).map(([column, type]) => `${column} ${type} null`);
  const folded = Object.entries(columns).flatMap(([column, type]) =>
    ['min', 'avg', 'max', 'last'].map((fold) => `${column}_${fold} ${type} null`),
  );
  const table = (resolution: string, rest: readonly string[]): string =>
    `create table metric_${kind}_${resolution} (
      series_id int not null,
      at timestamptz not null,
      ${rest.join(', ')},
      primary key (series_id, at)
    ) partition by range (at)`;
  return [
    table('raw', values),
    table('hour', ['samples int not null', ...folded]),
    table('day', ['samples int not null', ...folded]),
  ];
});

/**
 * With the rights of the owner, since only the owner of a table may split it. A table is made on its own and then attached:
 * that waits for nobody who reads or writes, while "create … partition of" does, and lets all others wait behind it.
 */
const ADD_PARTITIONS = `create function add_metric_partitions(of_resolution text, first_at timestamptz, last_at timestamptz) returns int
    language plpgsql security definer set search_path = public, pg_temp as $$
  declare
    part record;
    slot timestamp;
    name text;
    made int := 0;
  begin
    if last_at - first_at > interval '800 days' then
      raise exception 'partitions of at most 800 days are made at once' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtext('metric_partitions'));
    for part in
      select kind, resolution, unit, form, length
        from (values ('device'), ('interface'), ('pool')) as kinds(kind),
             (values ('raw', 'day', 'YYYYMMDD', interval '1 day'), ('hour', 'month', 'YYYYMM', interval '1 month'),
                     ('day', 'year', 'YYYY', interval '1 year')) as resolutions(resolution, unit, form, length)
       where resolution = of_resolution
    loop
      slot := date_trunc(part.unit, first_at at time zone 'UTC');
      while slot <= last_at at time zone 'UTC' loop
        name := format('metric_%s_%s_%s', part.kind, part.resolution, to_char(slot, part.form));
        if to_regclass('public.' || name) is null then
          execute format('create table public.%I (like public.metric_%s_%s including all)', name, part.kind, part.resolution);
          execute format(
            'alter table public.metric_%s_%s attach partition public.%I for values from (%L) to (%L)',
            part.kind, part.resolution, name, slot at time zone 'UTC', (slot + part.length) at time zone 'UTC');
          made := made + 1;
        end if;
        slot := slot + part.length;
      end loop;
    end loop;
    return made;
  end $$`;

/**
 * Drops the tables of a resolution that hold nothing younger than so many days, by the clock of the database, and of those
 * that are collected or hourly nothing that is not down-sampled yet. A reader in the way is waited for, but not for long.
 */
const DROP_PARTITIONS = `create function drop_metric_partitions(of_resolution text, keep_days int) returns int
    language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '3s' as $$
  declare
    old record;
    dropped int := 0;
    cutoff timestamptz := now() - make_interval(days => keep_days);
  begin
    if of_resolution not in ('raw', 'hour', 'day') or keep_days < 1 then
      raise exception 'no such resolution, or less than a day' using errcode = 'invalid_parameter_value';
    end if;
    if of_resolution <> 'day' then
      cutoff := least(cutoff, (
        select through from metric_progress where resolution = case of_resolution when 'raw' then 'hour' else 'day' end));
    end if;
    perform pg_advisory_xact_lock(hashtext('metric_partitions'));
    for old in
      select part.relname as name
        from pg_inherits
        join pg_class part on part.oid = inhrelid
        join pg_class whole on whole.oid = inhparent
       where whole.relnamespace = 'public'::regnamespace
         and whole.relname in (select 'metric_' || kind || '_' || of_resolution from unnest(array['device', 'interface', 'pool']) as kind)
         and substring(pg_get_expr(part.relpartbound, part.oid) from 'TO \\(''([^'']+)''\\)')::timestamptz <= cutoff
       order by part.relname
    loop
      execute format('drop table public.%I', old.name);
      dropped := dropped + 1;
    end loop;
    return dropped;
  end $$`;

/** Whoever else may log in has no business with the tables; the processes' own role is let in when it is known. */
const RIGHTS = [
  'revoke all on function add_metric_partitions(text, timestamptz, timestamptz) from public',
  'revoke all on function drop_metric_partitions(text, int) from public',
  `select add_metric_partitions('raw', now(), now() + interval '2 days')`,
];
