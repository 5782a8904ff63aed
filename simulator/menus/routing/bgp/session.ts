import type { CommandDefinition, Item, MenuDefinition, RouterView, Values } from '../../../engine/definition.ts';
import {
  announcedBy,
  announcedTo,
  type BgpSession,
  bgpSessions,
  setting,
  timersOf,
} from '../../../network/bgp-sessions.ts';
import { formatDuration } from '../../../values/duration.ts';
import { text } from '../../../values/field-types.ts';
import { formatLocal } from '../../../values/local-time.ts';
import { namedItems } from '../../interface/named-items.ts';

const SESSIONS = '/routing/bgp/session';

const readOnly = { type: text, access: 'read-only' } as const;

const fields = (...names: string[]): MenuDefinition['fields'] =>
  Object.fromEntries(names.map((name) => [name, readOnly]));

/** Sessions follow from connections: there is a row once the other end was reached. */
export const bgpSession: MenuDefinition = {
  path: SESSIONS,
  kind: 'list',
  rows: 'read-only',
  nameField: 'name',
  fields: fields(
    'established',
    'hold-time',
    'input.last-notification',
    'input.procid',
    'keepalive-time',
    'last-started',
    'last-stopped',
    'local.address',
    'local.as',
    'local.bytes',
    'local.capabilities',
    'local.id',
    'local.messages',
    'local.role',
    'name',
    'output.last-notification',
    'output.procid',
    'prefix-count',
    'remote.address',
    'remote.afi',
    'remote.as',
    'remote.bytes',
    'remote.capabilities',
    'remote.hold-time',
    'remote.id',
    'remote.messages',
    'uptime',
  ),
  derived: (router) =>
    bgpSessions(router).map((session) => ({
      id: `*28${(Number.parseInt(session.connection.id.slice(1), 16) - 1).toString(16).toUpperCase().padStart(5, '0')}`,
      dynamic: true,
      values: sessionRow(session, router),
      internal: {},
    })),
  commands: {
    clear: onSessions((connection, router) => restart(connection, router), ['flag']),
    refresh: onSessions(() => undefined, ['afi', 'address-family']),
    resend: onSessions(() => undefined, ['afi', 'address-family', 'save-to']),
    stop: onSessions((connection, router) => {
      connection.internal['stopped'] = 1;
      connection.internal['stoppedMs'] = router.clock.now();
    }),
  },
};

/** What the router tells the other ends. */
export const bgpAdvertisements: MenuDefinition = {
  path: '/routing/bgp/advertisements',
  kind: 'list',
  rows: 'read-only',
  fields: fields('afi', 'as-path', 'dst', 'nexthop', 'origin', 'peer'),
  derived: (router) =>
    bgpSessions(router)
      .filter(({ isEstablished }) => isEstablished)
      .flatMap((session) => announcedTo(session, router).map((dst) => advertisement(session, dst)))
      .map((values, position) => ({
        id: `*${(position + 1).toString(16).toUpperCase()}`,
        dynamic: true,
        values,
        internal: {},
      })),
};

function sessionRow(session: BgpSession, router: RouterView): Values {
  const { connection, uptimeMs, isEstablished } = session;
  // A session sends a message a minute beside what it has to tell.
  const messages = Math.floor(uptimeMs / 60_000) + 5;
  const { 'hold-time': holdTime = '3m' } = timersOf(session, router);
  const stoppedMs = connection.internal['stoppedMs'];
  return {
    ...(isEstablished ? { established: 'true' } : {}),
    ...timersOf(session, router),
    'input.procid': '20',
    'last-started': formatLocal(router.clock.now() - uptimeMs, router.timeZone()),
    ...(stoppedMs === undefined ? {} : { 'last-stopped': formatLocal(stoppedMs, router.timeZone()) }),
    'local.address': session.localAddress,
    'local.as': session.localAs,
    'local.bytes': String(messages * 19),
    'local.capabilities': 'mp,rr,gr,as4',
    'local.id': session.localId,
    'local.messages': String(messages),
    'local.role': connection.values['local.role'] ?? 'ebgp',
    name: `${connection.values['name']}-1`,
    'output.procid': '20',
    'prefix-count': String(isEstablished ? announcedBy(session).length : 0),
    'remote.address': session.remoteAddress,
    'remote.afi': setting(connection, 'afi', router) ?? setting(connection, 'address-families', router) ?? 'ip',
    'remote.as': session.remoteAs,
    'remote.bytes': String(messages * 19 + 96),
    'remote.capabilities': 'mp,rr,gr,as4',
    'remote.hold-time': holdTime,
    'remote.id': session.remoteId,
    'remote.messages': String(messages + 2),
    ...(isEstablished ? { uptime: formatDuration(Math.floor(uptimeMs / 10) * 10) } : {}),
  };
}

function advertisement(session: BgpSession, dst: string): Values {
  return {
    afi: 'ip',
    ...(session.isInternal ? {} : { 'as-path': session.localAs }),
    dst,
    nexthop: session.localAddress,
    origin: '0',
    peer: `${session.connection.values['name']}-1`,
  };
}

/** The session begins again: it is away for a moment. */
function restart(connection: Item, router: RouterView): void {
  delete connection.internal['stopped'];
  connection.internal['startedMs'] = router.clock.uptimeMs();
  connection.internal['stoppedMs'] = router.clock.now();
}

function onSessions(
  act: (connection: Item, router: RouterView) => void,
  parameters: readonly string[] = [],
): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'numbers', ...parameters],
    writes: true,
    run: (args, router) => {
      const names = namedItems(args, SESSIONS, router).map(({ values }) => values['name']);
      for (const { connection } of bgpSessions(router)) {
        if (names.includes(`${connection.values['name']}-1`)) act(connection, router);
      }
      return { kind: 'done' };
    },
  };
}
