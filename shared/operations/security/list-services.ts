import { z } from 'zod';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean, toList, toNumber, toRequiredText } from '../../routeros/values.ts';
import { compareVersions, type RouterVersion } from '../../routeros/version.ts';
import { defineListRead } from '../define-list-read.ts';
import { isWanted } from '../list-filters.ts';
import { Name, Word } from '../output-fields.ts';

const SERVICE = '/ip/service';
const WEBSERVER = '/ip/service/webserver';
const FIELDS = [
  'name',
  'port',
  'proto',
  'address',
  'available-from',
  'certificate',
  'tls-version',
  'vrf',
  'max-sessions',
  'disabled',
  'invalid',
  'dynamic',
  'connection',
];

const Service = z.strictObject({
  name: Word,
  enabled: z.boolean(),
  invalid: z.boolean(),
  port: z.number().nullable(),
  protocol: Word.nullable(),
  /** Networks that may use it; none: everybody. */
  allowedAddresses: z.array(Word),
  availableFrom: Name.nullable().describe('A further restriction of who may connect, since RouterOS 7.24'),
  certificate: Name.nullable().describe('Null: none, so that nobody gets in where TLS is needed'),
  tlsVersion: Word.nullable(),
  vrf: Name.nullable(),
  maxSessions: z.number().nullable(),
  /** Connections that are open now; null before RouterOS 7.19, which does not show them. */
  openConnections: z.int().nullable(),
});

export const listServices = defineListRead({
  name: 'list_services',
  title: 'Management services',
  summary:
    'The services by which a router is managed (ssh, www, www-ssl, api, winbox, telnet, ftp …): whether they are on, ports, who may connect, TLS certificates.',
  toolset: 'security',
  phase: 1,
  paths: [SERVICE, WEBSERVER],
  filters: z.strictObject({
    enabled: z.boolean().optional().describe('Only services that are on (true) or off (false)'),
  }),
  item: Service,
  items: 'services',
  about: z.strictObject({
    /** What its web server does not serve although the service is on, such as `rest-plain`; null before RouterOS 7.22. */
    webserverOff: z.array(Word).nullable(),
  }),
  limits: { usual: 50, most: 100 },
  read: async (router, { enabled }) => {
    const { version, hasWebserverSwitches } = await router.facts();
    const rows = await router.list(SERVICE, { fields: FIELDS });
    const connections = showsConnections(version) ? countConnections(rows) : null;
    const services = rows.filter((row) => !isDynamic(row)).map((row) => toService(row, connections));
    return {
      rows: services.filter((service) => isWanted(enabled, service.enabled)),
      about: { webserverOff: hasWebserverSwitches ? await switchedOff(router) : null },
    };
  },
});

function toService(row: RouterRecord, connections: ReadonlyMap<string, number> | null): z.input<typeof Service> {
  const name = toRequiredText(row['name'], 'name');
  return {
    name,
    enabled: !toBoolean(row['disabled']),
    invalid: toBoolean(row['invalid']),
    port: toNumber(row['port']),
    protocol: row['proto'] ?? null,
    allowedAddresses: toList(row['address']),
    availableFrom: row['available-from'] || null,
    certificate: !row['certificate'] || row['certificate'] === 'none' ? null : row['certificate'],
    tlsVersion: row['tls-version'] ?? null,
    vrf: row['vrf'] ?? null,
    maxSessions: toNumber(row['max-sessions']),
    openConnections: connections && (connections.get(name) ?? 0),
  };
}

/** Each open connection is a row of its own, under the name of its service. */
function countConnections(rows: readonly RouterRecord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name = '', connection } of rows) {
    if (toBoolean(connection)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

async function switchedOff(router: Router): Promise<string[]> {
  const switches = await router.get(WEBSERVER);
  return Object.keys(switches).filter((name) => switches[name] === 'false' || switches[name] === 'no');
}

function showsConnections(version: RouterVersion): boolean {
  return compareVersions({ ...version, preRelease: null }, CONNECTIONS_SHOWN) >= 0;
}

const CONNECTIONS_SHOWN: RouterVersion = { major: 7, minor: 19, patch: 0, preRelease: null, channel: null };
