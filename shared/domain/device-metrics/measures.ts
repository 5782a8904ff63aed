/** One thing that is measured again and again. */
export interface Measure {
  /** Its name as an OpenMetrics metric, behind `convoy_device_`; it ends in the unit. */
  metric: string;
  unit: 'percent' | 'celsius' | 'volts' | 'seconds' | 'bits_per_second' | 'per_second' | '';
  about: string;
}

/**
 * What is measured, by what it is a measure of: the device itself, each of its interfaces that run, each of its address
 * pools. A name is also the column of its values, in snake case.
 */
export const MEASURES = {
  device: {
    cpuLoadPercent: { metric: 'cpu_load_percent', unit: 'percent', about: 'Load of all cores' },
    memoryUsedPercent: { metric: 'memory_used_percent', unit: 'percent', about: 'Memory in use' },
    diskUsedPercent: { metric: 'disk_used_percent', unit: 'percent', about: 'Storage in use' },
    temperatureCelsius: { metric: 'temperature_celsius', unit: 'celsius', about: 'The hottest sensor' },
    voltage: { metric: 'supply_volts', unit: 'volts', about: 'The supply that feeds the router' },
    failedSupplies: { metric: 'failed_power_supplies', unit: '', about: 'Power supplies that say they do not work' },
    uptimeSeconds: { metric: 'uptime_seconds', unit: 'seconds', about: 'Since the router started' },
    wirelessClients: {
      metric: 'wireless_clients',
      unit: '',
      about: 'Wi-Fi clients connected to it or to access points that it controls',
    },
    dhcpLeases: { metric: 'dhcp_leases', unit: '', about: 'DHCP leases in use' },
  },
  interface: {
    rxBps: { metric: 'interface_received_bits_per_second', unit: 'bits_per_second', about: 'Received' },
    txBps: { metric: 'interface_sent_bits_per_second', unit: 'bits_per_second', about: 'Sent' },
    rxPacketsPerSecond: {
      metric: 'interface_received_packets_per_second',
      unit: 'per_second',
      about: 'Packets received',
    },
    txPacketsPerSecond: { metric: 'interface_sent_packets_per_second', unit: 'per_second', about: 'Packets sent' },
    errorsPerSecond: { metric: 'interface_errors_per_second', unit: 'per_second', about: 'Errors, both directions' },
    dropsPerSecond: {
      metric: 'interface_drops_per_second',
      unit: 'per_second',
      about: 'Packets dropped, both directions',
    },
  },
  pool: {
    usedAddresses: { metric: 'pool_used_addresses', unit: '', about: 'Addresses of the pool in use' },
    totalAddresses: { metric: 'pool_addresses', unit: '', about: 'Addresses of the pool' },
  },
} as const satisfies Record<string, Record<string, Measure>>;

export type MetricKind = keyof typeof MEASURES;
export const METRIC_KINDS = Object.keys(MEASURES) as MetricKind[];

export type MeasureOf<Kind extends MetricKind> = keyof (typeof MEASURES)[Kind] & string;
export type MeasureName = { [Kind in MetricKind]: MeasureOf<Kind> }[MetricKind];

/** Names of the measures of a kind, in the order in which they are shown. */
export function measuresOf(kind: MetricKind): MeasureName[] {
  return Object.keys(MEASURES[kind]) as MeasureName[];
}

/** What a measure is; of another kind there is none of this name. */
export function measureOf(kind: MetricKind, name: string): Measure | undefined {
  return (MEASURES[kind] as Record<string, Measure>)[name];
}

/** How the values of one step become one value. */
export const AGGREGATES = ['min', 'avg', 'max', 'last'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** Values as they are collected, and what remains of them per hour and per day (UTC). */
export const RESOLUTIONS = ['raw', 'hour', 'day'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** Numbers by the names of measures; null: the device does not measure it. */
export type Readings<Kind extends MetricKind> = Record<MeasureOf<Kind>, number | null>;

/** Everything that one visit of a device yields. Interfaces and pools are named as the router names them. */
export interface MetricSample {
  deviceId: string;
  /** ISO 8601. */
  at: string;
  device: Readings<'device'>;
  /** Only those whose rates are known: of a counter seen once there is no rate. */
  interfaces: { name: string; values: Readings<'interface'> }[];
  pools: { name: string; values: Readings<'pool'> }[];
}
