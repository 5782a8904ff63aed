import type { FieldType, Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { invalidValue } from '../../engine/router-error.ts';
import { isAtLeast } from '../../engine/version.ts';
import { integer, reference, text, word } from '../../values/field-types.ts';
import { formatIpPrefix, networkPrefix, parseIpPrefix } from '../../values/ip-prefix.ts';
import { computed, disabled, dynamic } from '../row-fields.ts';

export const IP_SERVICE = '/ip/service';

/** Networks that may use a service; an empty list lets everybody in. */
const networks: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    const members = input.split(',').filter((member) => member !== '');
    const prefixes = members.map((member) => parseIpPrefix(member.trim()));
    if (prefixes.includes(undefined)) throw invalidValue(field);
    return prefixes.map((prefix) => prefix && formatIpPrefix(networkPrefix(prefix))).join(',');
  },
};

const certificate: FieldType = reference('/certificate', ['none']);

/** The services of the router itself. Rows of open connections and of other listeners are the router's own. */
export const ipService: MenuDefinition = {
  path: IP_SERVICE,
  kind: 'list',
  rows: 'fixed',
  noun: 'service',
  nameField: 'name',
  firstId: 5,
  fields: {
    address: { type: networks, default: '' },
    certificate: { type: certificate },
    connection: computed((item) => item.values['connection']),
    disabled,
    dynamic,
    invalid: computed(() => 'false'),
    local: computed((item) => item.values['local']),
    'max-sessions': { type: integer(1, 1000), default: '20', since: '7.16' },
    name: { type: text, access: 'read-only' },
    port: { type: integer(1, 65_535) },
    proto: { type: text, access: 'read-only' },
    remote: computed((item) => item.values['remote']),
    'tls-version': { type: word('any', 'only-1.2') },
    vrf: { type: word('main'), default: 'main' },
  },
  seed: services,
  derived: dynamicServices,
};

function services(router: RouterView): readonly Values[] {
  const { web } = router.management;
  const off: Readonly<Record<string, boolean>> = { 'www-ssl': web !== 'www-ssl', 'api-ssl': false };
  return SERVICES.map(({ name, port, tls }) => ({
    name,
    port,
    proto: 'tcp',
    disabled: String(off[name] ?? false),
    ...(tls ? { certificate: name === 'www-ssl' ? serverCertificate(router) : 'none', 'tls-version': 'any' } : {}),
  }));
}

const SERVICES = [
  { name: 'telnet', port: '23', tls: false },
  { name: 'ftp', port: '21', tls: false },
  { name: 'www', port: '80', tls: false },
  { name: 'ssh', port: '22', tls: false },
  { name: 'www-ssl', port: '443', tls: true },
  { name: 'api', port: '8728', tls: false },
  { name: 'winbox', port: '8291', tls: false },
  { name: 'api-ssl', port: '8729', tls: true },
];

/** A router that is managed over TLS serves the certificate it was made with. */
function serverCertificate(router: RouterView): string {
  const own = router.items('/certificate').find(({ values }) => values['private-key'] === 'true');
  return router.management.web === 'www-ssl' && own ? own.id : 'none';
}

/** Open connections and listeners without a configuration of their own; versions before 7.19 do not show them. */
function dynamicServices(router: RouterView): Item[] {
  if (!isAtLeast(router.version, '7.19')) return [];
  const connections = router.connections.list().map((open) => ({
    name: open.service,
    port: String(open.destinationPort),
    proto: 'tcp',
    connection: 'true',
    local: open.destination,
    remote: `${open.source}:${open.sourcePort}`,
    number: FIRST_CONNECTION_ID + open.id,
  }));
  const listeners = LISTENERS.filter(({ runs }) => runs(router)).map(({ name, port, proto }, position) => ({
    name,
    port,
    proto,
    number: FIRST_LISTENER_ID + position,
  }));
  return [...listeners, ...connections].map(({ number, ...values }) => ({
    id: `*${number.toString(16).toUpperCase()}`,
    dynamic: true,
    values: { ...values, disabled: 'false' },
    internal: {},
  }));
}

const FIRST_LISTENER_ID = 0x100;
const FIRST_CONNECTION_ID = 0x1f0;

const LISTENERS: readonly {
  readonly name: string;
  readonly port: string;
  readonly proto: string;
  readonly runs: (router: RouterView) => boolean;
}[] = [
  {
    name: 'dhcp',
    port: '67',
    proto: 'udp',
    runs: (router) => router.items('/ip/dhcp-server').some(({ values }) => values['disabled'] !== 'true'),
  },
  {
    name: 'dhcpclient',
    port: '68',
    proto: 'udp',
    runs: (router) => router.items('/ip/dhcp-client').some(({ values }) => values['disabled'] !== 'true'),
  },
  {
    name: 'ntp',
    port: '123',
    proto: 'udp',
    runs: (router) => router.singleton('/system/ntp/client')['enabled'] === 'true',
  },
  { name: 'discover', port: '5678', proto: 'udp', runs: () => true },
  {
    name: 'btest',
    port: '2000',
    proto: 'tcp',
    runs: (router) => router.singleton('/tool/bandwidth-server')['enabled'] !== 'false',
  },
];
