import { toSeconds } from '../../routeros/durations.ts';
import { VALUE_FIELD_OF } from '../../routeros/dns-records.ts';
import type { ConfigurationMenu } from '../../routeros/configuration-objects.ts';
import { FIELDS_OF_TARGET } from '../logging/wish.ts';
import type { FoundDrift } from './reconcile-drift.ts';
import { driftedFields } from './reconcile-drift.ts';

/** A change of a plan kind that puts one object back; `group` keeps apart what cannot be one change. */
export interface RestoreWish {
  kind: string;
  group: string;
  input: Record<string, unknown>;
}

/** How an object is put back as the baseline has it, or why no plan kind can. */
export type Restorer = (drift: FoundDrift, baseline: readonly ConfigurationMenu[]) => RestoreWish | string;

type Values = Readonly<Record<string, string>>;

/** Why the fields that have to be set are beyond what the kind sets; null when they are not. */
export function beyond({ kind, before, after }: FoundDrift, tool: string, fields: readonly string[]): string | null {
  const needed =
    kind === 'added' ? [] : kind === 'removed' ? Object.keys(before ?? {}) : driftedFields({ before, after });
  const strange = needed.filter((field) => !fields.includes(field));
  return strange.length === 0 ? null : `${tool} does not set ${strange.join(', ')}`;
}

const isOn = (text: string | undefined): boolean => text === 'yes' || text === 'true';
/** Without what is not given. */
export const given = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

export const restoreIdentity: Restorer = (drift) =>
  beyond(drift, 'plan_identity', ['name']) ?? {
    kind: 'identity',
    group: '',
    input: { template: drift.before?.['name'] ?? 'MikroTik' },
  };

export const restoreDns: Restorer = (drift) => {
  const servers = (drift.before?.['servers'] ?? '').split(',').filter((one) => one !== '');
  if (driftedFields(drift).join(',') !== 'servers') {
    return `plan_dns_ntp sets the servers only, and ${driftedFields(drift).join(', ')} differ`;
  }
  if (servers.length === 0) return 'the baseline has no DNS servers, and plan_dns_ntp takes away none';
  return { kind: 'dns_ntp', group: '', input: { dnsServers: servers } };
};

export const restoreNtpServers: Restorer = (drift, baseline) => {
  const rows = baseline.find(({ menu }) => menu === '/system/ntp/client/servers')?.rows ?? [];
  if (drift.kind === 'changed') return `plan_dns_ntp does not set ${driftedFields(drift).join(', ')} of a server`;
  if (rows.length === 0) return 'the baseline has no NTP servers, and plan_dns_ntp takes away none';
  return { kind: 'dns_ntp', group: '', input: { ntpServers: rows.map(({ values }) => values['address'] ?? '') } };
};

export const restoreRecord: Restorer = (drift) => {
  const { kind, before, after } = drift;
  if (kind === 'moved') return 'no plan kind moves static DNS records';
  const nameOf = (values: Values): Record<string, unknown> => {
    const type = values['type'] ?? 'A';
    const field = (VALUE_FIELD_OF as Readonly<Record<string, string | null>>)[type] ?? 'address';
    const value = values[field];
    return given({ name: values['name'], regexp: values['regexp'], type, value });
  };
  if (before === null) return wish('dns_static', { records: [{ ...nameOf(after ?? {}), state: 'absent' }] });
  const fields = ['name', 'regexp', 'type', 'ttl', 'match-subdomain', 'comment', ...Object.values(VALUE_FIELD_OF)];
  const problem = beyond(
    drift,
    'plan_dns_static',
    fields.filter((field) => field !== null),
  );
  if (problem !== null) return problem;
  const ttl = toSeconds(before['ttl']) ?? (after === null ? undefined : 86_400);
  const record = given({
    ...nameOf(before),
    ttlSeconds: ttl ?? undefined,
    matchSubdomain: isOn(before['match-subdomain']),
    comment: before['comment'] ?? '',
  });
  return wish('dns_static', { records: [record] });
};

const ROUTE_FIELDS = ['dst-address', 'gateway', 'blackhole', 'routing-table', 'distance', 'scope', 'target-scope'];

export const restoreRoute: Restorer = (drift) => {
  const { before, after } = drift;
  const nameOf = (values: Values): Record<string, unknown> =>
    given({
      destination: values['dst-address'] ?? (drift.menu.startsWith('/ipv6') ? '::/0' : '0.0.0.0/0'),
      gateway: values['gateway'],
      ...('blackhole' in values ? { blackhole: true, gateway: undefined } : {}),
      table: values['routing-table'] ?? 'main',
    });
  if (before === null) {
    const distance = Number(after?.['distance'] ?? 1);
    return wish('static_routes', { remove: [{ ...nameOf(after ?? {}), distance }] });
  }
  // What is not told of a row that is disabled no matter how is that it is on: `disabled=no` stands in many exports.
  const told = isOn(before['disabled']) || isOn(after?.['disabled']) ? [] : ['disabled'];
  const problem = beyond(drift, 'plan_static_routes', [
    ...ROUTE_FIELDS,
    'check-gateway',
    'comment',
    'suppress-hw-offload',
    ...told,
  ]);
  if (problem !== null) return problem;
  const isBlackhole = 'blackhole' in before;
  const route = given({
    ...nameOf(before),
    distance: Number(before['distance'] ?? 1),
    scope: isBlackhole ? undefined : Number(before['scope'] ?? 30),
    targetScope: isBlackhole ? undefined : Number(before['target-scope'] ?? 10),
    checkGateway: isBlackhole ? undefined : (before['check-gateway'] ?? 'none'),
    comment: before['comment'] ?? '',
  });
  return wish('static_routes', { routes: [route] });
};

export const restoreListEntry: Restorer = (drift) => {
  const { before, after, menu } = drift;
  const values = before ?? after ?? {};
  const list = values['list'] ?? '';
  const mode = before === null ? 'remove_only' : 'add_only';
  const problem = beyond(drift, 'plan_address_list_sync', ['list', 'address', 'comment']);
  if (problem !== null) return problem;
  const entry = { address: values['address'] ?? '', ...(before === null ? {} : { comment: before['comment'] ?? '' }) };
  const families = [menu.startsWith('/ipv6') ? 'ipv6' : 'ipv4'];
  return {
    kind: 'address_list_sync',
    group: `${menu} ${list} ${mode}`,
    input: { list, entries: [entry], mode, families },
  };
};

export const restoreAddress: Restorer = (drift) => {
  const { before, after } = drift;
  const nameOf = (values: Values): Record<string, unknown> =>
    given({ address: values['address'], interface: values['interface'] });
  if (before === null) return wish('ip_addresses', { remove: [nameOf(after ?? {})] });
  const problem = beyond(drift, 'plan_ip_addresses', ['address', 'interface', 'network', 'comment']);
  if (problem !== null) return problem;
  const addresses = [{ ...nameOf(before), comment: before['comment'] ?? '' }];
  const isElsewhere = after !== null && after['interface'] !== before['interface'];
  return wish('ip_addresses', { addresses, ...(isElsewhere ? { remove: [nameOf(after)] } : {}) });
};

/** What an interface that the router has by itself is without settings. */
const MADE_MTU = 1_500;

export const restoreInterface: Restorer = (drift) => {
  const { kind, before, after, objectKey, menu } = drift;
  const isByItself = menu === '/interface/ethernet';
  if (kind !== 'changed' && !isByItself) return 'no plan kind makes or removes interfaces';
  const fields = kind === 'added' ? Object.keys(after ?? {}) : driftedFields(drift);
  const strange = fields.filter((field) => !['disabled', 'comment', 'mtu'].includes(field));
  if (strange.length > 0) return `plan_interface_settings does not set ${strange.join(', ')}`;
  const name = before?.['name'] ?? after?.['name'] ?? /(?:^|default-)name=([^\s",]+)/.exec(objectKey)?.[1];
  if (name === undefined) return 'the export does not tell the name of the interface';
  const mtu = before?.['mtu'] ?? (isByItself ? String(MADE_MTU) : 'auto');
  const setting = given({
    name,
    enabled: fields.includes('disabled') ? !isOn(before?.['disabled']) : undefined,
    comment: fields.includes('comment') ? (before?.['comment'] ?? '') : undefined,
    mtu: fields.includes('mtu') ? (mtu === 'auto' ? mtu : Number(mtu)) : undefined,
  });
  return wish('interface_settings', { interfaces: [setting] });
};

export const restoreLogRule: Restorer = (drift) => {
  const { before, after } = drift;
  const nameOf = (values: Values): Record<string, unknown> => ({
    topics: (values['topics'] ?? '').split(','),
    action: values['action'] ?? 'memory',
  });
  if ((before ?? after)?.['topics'] === undefined) return 'the export names the rule by its place only';
  if (before === null) return wish('logging', { rules: [{ ...nameOf(after ?? {}), state: 'absent' }] });
  const problem = beyond(drift, 'plan_logging', ['topics', 'action', 'prefix', 'disabled']);
  if (problem !== null) return problem;
  const rule = { ...nameOf(before), prefix: before['prefix'] ?? '', enabled: !isOn(before['disabled']) };
  return wish('logging', { rules: [rule] });
};

/** Actions that every router has are exported by their places, or not at all. */
export const restoreLogAction: Restorer = (drift) => {
  const { kind, before, after } = drift;
  const name = before?.['name'] ?? after?.['name'];
  if (name === undefined) return 'the export names the action by its place only';
  if (before === null) return wish('logging', { actions: [{ name, state: 'absent' }] });
  const formats = ['bsd-syslog', 'remote-log-format'];
  const settings: Readonly<Record<string, unknown>> = {
    remote: { remote: before['remote'] },
    'remote-port': { remotePort: Number(before['remote-port'] ?? 514) },
    'remote-protocol': { protocol: before['remote-protocol'] ?? 'udp' },
    'remote-log-format': { format: before['remote-log-format'] ?? 'default' },
    'bsd-syslog': { format: isOn(before['bsd-syslog']) ? 'bsd-syslog' : 'default' },
    'syslog-facility': { facility: before['syslog-facility'] ?? 'daemon' },
    'memory-lines': { memoryLines: Number(before['memory-lines'] ?? 1_000) },
    'disk-file-name': { diskFileName: before['disk-file-name'] },
    'disk-lines-per-file': { diskLines: Number(before['disk-lines-per-file'] ?? 1_000) },
    'disk-file-count': { diskFiles: Number(before['disk-file-count'] ?? 2) },
    comment: { comment: before['comment'] ?? '' },
  };
  const isNew = kind === 'removed';
  const problem = beyond(drift, 'plan_logging', [...(isNew ? ['name', 'target'] : []), ...Object.keys(settings)]);
  if (problem !== null) return problem;
  const target = isNew ? { target: before['target'] ?? 'memory' } : {};
  const fields = isNew ? Object.keys(before) : driftedFields(drift);
  if (formats.every((field) => fields.includes(field))) return 'plan_logging sets one format of lines';
  const gone = ['remote', 'disk-file-name'].find((field) => fields.includes(field) && before[field] === undefined);
  if (gone !== undefined) return `plan_logging takes ${gone} from no action`;
  const values = Object.assign({}, ...fields.map((field) => settings[field])) as Record<string, unknown>;
  const action = given({ name, ...target, ...values });
  // Routers hold fields of all targets in each action; only those of its own mean something.
  for (const field of target.target === undefined ? [] : fieldsOfOthers(target.target)) delete action[field];
  return wish('logging', { actions: [action] });
};

export const restoreSnmp: Restorer = (drift) => {
  const fields = driftedFields(drift);
  const before = drift.before ?? {};
  const listOf = (text: string | undefined): string[] => (text ?? '').split(',').filter((one) => one !== '');
  const settings: Readonly<Record<string, unknown>> = {
    enabled: { enabled: isOn(before['enabled']) },
    contact: { contact: before['contact'] ?? '' },
    location: { location: before['location'] ?? '' },
    'trap-target': { trapTargets: listOf(before['trap-target']) },
    'trap-version': { trapVersion: Number(before['trap-version'] ?? 1) },
    'trap-interfaces': { trapInterfaces: listOf(before['trap-interfaces']) },
  };
  const strange = fields.filter((field) => settings[field] === undefined);
  if (strange.length > 0) return `plan_snmp does not put back ${strange.join(', ')}`;
  return wish('snmp', Object.assign({}, ...fields.map((field) => settings[field])) as Record<string, unknown>);
};

function fieldsOfOthers(target: string): string[] {
  return Object.entries(FIELDS_OF_TARGET).flatMap(([other, fields]) => (other === target ? [] : fields));
}

function wish(kind: string, input: Record<string, unknown>): RestoreWish {
  return { kind, group: '', input };
}
