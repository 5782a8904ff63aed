import type pg from 'pg';
import type { TestPlatform } from '../../../support/platform.ts';
import type { WebhookReceiver } from '../webhook-receiver.ts';
import { message, type RouterWeek, type Week } from './expected.ts';

/** The complete lists of the platform, the endpoint and the routers, in the words of `expectedWeek`. */
export async function seenWeek(
  { devices, simulator }: TestPlatform,
  pool: pg.Pool,
  receiver: WebhookReceiver,
): Promise<Week & { configurations: Record<string, string[]> }> {
  const names = new Map(devices.map(({ deviceId, name }) => [deviceId, name]));
  const routers: Record<string, RouterWeek> = {};
  for (const { name } of devices) routers[name] = { statuses: [], events: [], snapshots: [], drift: [], writes: [] };
  const others: RouterWeek = { statuses: [], events: [], snapshots: [], drift: [], writes: [] };
  const of = (deviceId: string | null): RouterWeek => routers[names.get(deviceId ?? '') ?? ''] ?? others;

  const changes = await pool.query<ChangeRow>(
    'select device_id, before, after, reasons, is_flapping from device_status_change order by at',
  );
  for (const { device_id, before, after, reasons, is_flapping } of changes.rows) {
    const flapping = is_flapping ? ' while flapping' : '';
    of(device_id).statuses.push(`${turnOf(before, after, reasons)}${flapping}`);
  }
  const events = await pool.query<EventRow>('select device_id, type, details from fleet_event order by at, event_id');
  for (const { device_id, type, details } of events.rows) {
    const said = sayDetails(type, details);
    // Anchors of the audit are of no device and come when they are due.
    if (type !== 'audit.anchored') of(device_id).events.push(said === '' ? type : `${type}: ${said}`);
  }
  const versions: Record<string, string[]> = {};
  const snapshots = await pool.query<SnapshotRow>('select device_id, reason, sha256 from snapshot order by taken_at');
  for (const { device_id, reason, sha256 } of snapshots.rows) {
    const of_device = (versions[device_id] ??= []);
    if (!of_device.includes(sha256)) of_device.push(sha256);
    // The first text that a router had is how it was built; another one is of somebody's edit.
    const version = ['built', 'edited'][of_device.indexOf(sha256)] ?? `unknown ${sha256}`;
    of(device_id).snapshots.push(`${reason.replace(/ plan .*/, ' a plan')}: ${version}`);
  }
  const drift = await pool.query<DriftRow>(
    'select device_id, menu, kind, author, acknowledgement, gone_at, gone_because from drift order by found_at',
  );
  for (const { device_id, menu, kind, author, acknowledgement, gone_at, gone_because } of drift.rows) {
    const open = acknowledgement === null ? 'open' : 'acknowledged';
    const state = gone_at === null ? open : `gone: ${gone_because}`;
    of(device_id).drift.push(`${menu} ${kind} by ${author?.by ?? 'nobody'}, ${state}`);
  }
  for (const { name, router } of simulator.routers) {
    routers[name]?.writes.push(...router.journal.entries().map((one) => `${one.transport} ${one.path} ${one.command}`));
  }
  const unknown = Object.values(others).flat();
  if (unknown.length > 0) routers['of no router'] = others;
  return { messages: messagesOf(receiver), routers, configurations: versions };
}

/** What the endpoint took. */
function messagesOf({ events }: WebhookReceiver): string[] {
  const taken = events.filter(({ status }) => status === 204);
  return taken
    .map(({ type, body }) => {
      const data = body['data'] as MessageData;
      return message(type, data.title ?? '', data.devices?.names ?? data.plan?.devices.names ?? []);
    })
    .toSorted();
}

interface MessageData {
  title?: string;
  devices?: { names: string[] };
  plan?: { devices: { names: string[] } };
}

function turnOf(before: unknown, after: unknown, reasons: unknown): string {
  const [reason] = Array.isArray(reasons) ? (reasons as string[]) : [];
  // How a connection failed is the machine's to say.
  return `${String(before)} > ${String(after)}${after === 'critical' ? `: ${reason}` : ''}`;
}

function sayDetails(type: string, details: Record<string, unknown>): string {
  if (type === 'device.status_changed') return turnOf(details['from'], details['to'], details['reasons']);
  if (type === 'device.flapping') return details['isFlapping'] === true ? 'begins' : 'ends';
  if (type === 'device.certificate_changed') return `${String(details['before'])} > ${String(details['after'])}`;
  if (type === 'drift.found') return `${String(details['objects'])} in ${String(details['menus'])}`;
  return type === 'drift.cleared' ? '' : JSON.stringify(details);
}

interface ChangeRow {
  device_id: string;
  before: string;
  after: string;
  reasons: string[];
  is_flapping: boolean;
}
interface EventRow {
  device_id: string | null;
  type: string;
  details: Record<string, unknown>;
}
interface SnapshotRow {
  device_id: string;
  reason: string;
  sha256: string;
}
interface DriftRow {
  device_id: string;
  menu: string;
  kind: string;
  author: { by: string } | null;
  acknowledgement: object | null;
  gone_at: Date | null;
  gone_because: string | null;
}
