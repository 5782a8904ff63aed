import { toSeconds } from '../../routeros/durations.ts';
import { toBoolean, toList } from '../../routeros/values.ts';
import { STATIC_ONLY } from '../dhcp/service-wish.ts';
import { driftedFields } from './reconcile-drift.ts';
import { beyond, given, type Restorer, type RestoreWish } from './restore-rows.ts';

type Values = Readonly<Record<string, string>>;
/** How a field is said in an input, by the row of the baseline; a text when the kind cannot say it. */
type Said = Readonly<Record<string, (before: Values) => Record<string, unknown> | string>>;

const text = (field: string, name: string) => (before: Values) => ({ [name]: before[field] ?? '' });
const list = (field: string, name: string) => (before: Values) => ({ [name]: toList(before[field]) });
const enabled = (before: Values): Record<string, unknown> => ({ enabled: !toBoolean(before['disabled']) });

/** What the default is depends on the version, and the kind sets a time only. */
function leaseTime(before: Values): Record<string, unknown> | string {
  const seconds = toSeconds(before['lease-time']);
  return seconds === null ? 'the baseline does not tell the lease time' : { leaseTimeSeconds: seconds };
}

const POOL: Said = {
  ranges: list('ranges', 'ranges'),
  'next-pool': (before) => ({ nextPool: before['next-pool'] === 'none' ? '' : (before['next-pool'] ?? '') }),
  comment: text('comment', 'comment'),
};

const NETWORK: Said = {
  gateway: text('gateway', 'gateway'),
  'dns-server': list('dns-server', 'dnsServers'),
  'ntp-server': list('ntp-server', 'ntpServers'),
  domain: text('domain', 'domain'),
  'next-server': text('next-server', 'nextServer'),
  'boot-file-name': text('boot-file-name', 'bootFileName'),
  'dhcp-option': list('dhcp-option', 'options'),
  comment: text('comment', 'comment'),
};

const SERVER: Said = {
  interface: text('interface', 'interface'),
  'address-pool': (before) => ({ pool: before['address-pool'] ?? STATIC_ONLY }),
  'lease-time': leaseTime,
  disabled: enabled,
  comment: text('comment', 'comment'),
};

const LEASE: Said = {
  address: text('address', 'address'),
  server: (before) =>
    before['server'] === undefined ? 'plan_dhcp_leases takes no lease from its server' : { server: before['server'] },
  'lease-time': leaseTime,
  'block-access': (before) => ({ blocked: toBoolean(before['block-access']) }),
  disabled: enabled,
  comment: text('comment', 'comment'),
};

/** Pools by name, for example; what is not in `said` the kind does not set. */
function restorer(
  kind: string,
  part: string,
  said: Said,
  nameOf: (values: Values) => Record<string, unknown>,
  names: readonly string[],
): Restorer {
  return (drift): RestoreWish | string => {
    const { before, after } = drift;
    const of = (wanted: Record<string, unknown>): RestoreWish => ({ kind, group: '', input: { [part]: [wanted] } });
    if (before === null) return of({ ...nameOf(after ?? {}), state: 'absent' });
    const problem = beyond(drift, `plan_${kind}`, [...(after === null ? names : []), ...Object.keys(said)]);
    if (problem !== null) return problem;
    const fields = after === null ? Object.keys(before) : driftedFields(drift);
    // A server without a pool serves static leases only, which the kind has to be told.
    const needed = after === null && part === 'servers' ? [...fields, 'address-pool'] : fields;
    const values = [...new Set(needed)].flatMap((field) => said[field]?.(before) ?? []);
    const unsaid = values.find((value) => typeof value === 'string');
    return unsaid ?? of({ ...nameOf(before), ...(Object.assign({}, ...values) as Record<string, unknown>) });
  };
}

const byName = ({ name }: Values): Record<string, unknown> => ({ name });

export const restorePool = restorer('dhcp_service', 'pools', POOL, byName, ['name']);

export const restoreDhcpNetwork = restorer('dhcp_service', 'networks', NETWORK, ({ address }) => ({ address }), [
  'address',
]);

export const restoreDhcpServer = restorer('dhcp_service', 'servers', SERVER, byName, ['name']);

export const restoreLease: Restorer = (drift, baseline) => {
  if ((drift.before ?? drift.after)?.['mac-address'] === undefined) return 'the export does not tell its MAC address';
  return ofLease(drift, baseline);
};

const ofLease = restorer(
  'dhcp_leases',
  'leases',
  LEASE,
  (values) => given({ macAddress: values['mac-address'], server: values['server'] }),
  ['mac-address'],
);
