import type { DeviceEvidence, Invariant, PlanEvidence, Violation } from '../evidence.ts';
import type { Row } from '../play/routers.ts';
import { attributeWrites } from './attribute-writes.ts';

/** Menus in which the place of a row has a meaning. */
const ORDERED_MENUS = ['/ip/firewall/filter', '/ip/dns/static'];

/** Rows that nobody wrote to stay as they are, in the order they had. */
export const untouchedInOrder: Invariant = ({ devices }) =>
  devices.flatMap((device) => ORDERED_MENUS.flatMap((menu) => disorder(device, menu)));

/** What was taken back entirely leaves every row where it was, also rows that were removed and added again. */
export const orderRestored: Invariant = ({ devices, plans }) =>
  devices
    .filter((device) => isAllTakenBack(device, plans))
    .flatMap((device) => ORDERED_MENUS.flatMap((menu) => shift(device, menu)));

function disorder(device: DeviceEvidence, menu: string): Violation[] {
  const touched = new Set(device.journal.filter(({ path }) => path === menu).map(({ id }) => id));
  const idsOf = (rows: readonly Row[] = []): string[] =>
    rows.filter((row) => row['dynamic'] !== 'true' && !touched.has(row['.id'] ?? '')).map((row) => row['.id'] ?? '');
  const [before, after] = [idsOf(device.initial[menu]), idsOf(device.final[menu])];
  if (before.join(' ') === after.join(' ')) return [];
  const message = `${device.name}: untouched rows of ${menu} were ${before.join(' ')} and are ${after.join(' ')}`;
  return [{ invariant: 'order is kept', message, deviceId: device.deviceId }];
}

function isAllTakenBack(device: DeviceEvidence, plans: readonly PlanEvidence[]): boolean {
  const { planned, strange, byHand } = attributeWrites(device, plans);
  if (strange.length + byHand.length > 0 || planned.length === 0) return false;
  return plans.every((plan) =>
    plan.devices.every(
      (row) => row.deviceId !== device.deviceId || ['pending', 'skipped', 'failed', 'rolled_back'].includes(row.status),
    ),
  );
}

function shift(device: DeviceEvidence, menu: string): Violation[] {
  const [before, after] = [linesOf(device.initial[menu]), linesOf(device.final[menu])];
  if (before.join('\n') === after.join('\n')) return [];
  const message = `${device.name}: all was taken back, but ${menu} was\n${before.join('\n')}\nand is\n${after.join('\n')}`;
  return [{ invariant: 'order is restored', message, deviceId: device.deviceId }];
}

/** What a row is, without what the router numbers and counts. */
function linesOf(rows: readonly Row[] = []): string[] {
  const fields = ['chain', 'action', 'protocol', 'dst-port', 'name', 'type', 'address', 'comment', 'disabled'];
  return rows
    .filter((row) => row['dynamic'] !== 'true')
    .map((row) => fields.flatMap((field) => (row[field] ? [`${field}=${row[field]}`] : [])).join(' '));
}
