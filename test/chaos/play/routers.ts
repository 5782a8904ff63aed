import { ulid } from 'ulid';
import { CLOSED_BREAKER } from '../../../shared/domain/breaker.ts';
import { CAPABILITY_FLAGS, CapabilityFlags, LanePolicy, type Device } from '../../../shared/domain/device.ts';
import { seal } from '../../../shared/platform/encryption/envelope.ts';
import { editByHand } from '../../../simulator/control/edit-by-hand.ts';
import { startFleet, type Fleet } from '../../../simulator/fleet.ts';
import type { SimulatedRouter } from '../../../simulator/simulated-router.ts';
import type { ChaosStack } from '../stack/chaos-stack.ts';
import type { DeviceStory, Edit } from '../story/story.ts';

/** A simulated router of a story, registered. */
export interface ChaosRouter {
  deviceId: string;
  name: string;
  simulated: SimulatedRouter;
  /** What it held, by menu, before anything happened. */
  initial: Tables;
  stop(): Promise<void>;
}

export type Row = Readonly<Record<string, string>>;
/** Rows as the router prints them, in its order; of a singleton one. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** The menus that plans of the stories are about. */
const MENUS = [
  '/ip/dns',
  '/ip/dns/static',
  '/system/ntp/client',
  '/system/identity',
  '/ip/firewall/filter',
  '/ip/firewall/address-list',
  '/ip/route',
  '/ip/address',
  '/interface',
  '/interface/bridge',
  '/interface/bridge/vlan',
  '/ip/pool',
  '/ip/dhcp-server/network',
  '/ip/dhcp-server/lease',
  '/system/logging',
  '/system/logging/action',
  '/snmp',
] as const;

/** Starts and registers the routers of a story, configured as it says. */
export async function startRouters(stack: ChaosStack, devices: readonly DeviceStory[]): Promise<ChaosRouter[]> {
  const routers: ChaosRouter[] = [];
  for (const story of devices) {
    const fleet = await startFleet({
      routers: 1,
      namePrefix: story.name,
      version: story.version,
      board: story.board,
      latencyMs: story.latencyMs,
      stateDir: stack.simulatorDir,
    });
    const [simulated] = fleet.routers;
    if (!simulated) throw new Error('a fleet of one router has none');
    for (const edit of story.configured) await change(simulated, edit);
    simulated.router.journal.clear();
    const deviceId = await register(stack, story, fleet);
    routers.push({ deviceId, name: story.name, simulated, initial: tablesOf(simulated), stop: () => fleet.stop() });
  }
  return routers;
}

/** As somebody with WinBox would; nothing where the row is gone or the router is off. Answers whether it was made. */
export async function change(simulated: SimulatedRouter, edit: Edit): Promise<boolean> {
  const { router } = simulated;
  if (simulated.power !== 'on') return false;
  if ('add' in edit) await editByHand(router, { path: edit.menu, add: edit.add });
  else if ('remove' in edit) {
    const id = idOf(simulated, edit.menu, edit.remove);
    if (id === undefined) return false;
    await editByHand(router, { path: `${edit.menu}/${id}`, remove: true });
  } else {
    const id = edit.row && idOf(simulated, edit.menu, edit.row);
    if (edit.row && id === undefined) return false;
    await editByHand(router, { path: id === undefined ? edit.menu : `${edit.menu}/${id}`, set: edit.set });
  }
  return true;
}

function idOf({ router }: SimulatedRouter, menu: string, key: Row): string | undefined {
  const row = router.rows(menu).find((one) => Object.entries(key).every(([field, value]) => one[field] === value));
  return row?.['.id'];
}

/** What it holds now in the menus that plans are about. */
export function tablesOf({ router }: SimulatedRouter): Tables {
  return Object.fromEntries(MENUS.map((menu) => [menu, router.rows(menu).map((row) => ({ ...row }))]));
}

async function register(stack: ChaosStack, { name, tags }: DeviceStory, fleet: Fleet): Promise<string> {
  const [router] = fleet.devices;
  if (!router) throw new Error('a fleet of one router has none');
  const deviceId = `dev_${ulid()}`;
  const now = new Date().toISOString();
  const device: Device = {
    deviceId,
    name,
    host: router.host,
    restPort: router.restPort,
    sshPort: null,
    sshHostKey: null,
    environment: 'lab',
    tags,
    flags: CapabilityFlags.parse(Object.fromEntries(CAPABILITY_FLAGS.map((flag) => [flag, true]))),
    status: 'healthy',
    tls: { mode: 'pinned', fingerprint256: router.fingerprint },
    lane: LanePolicy.parse({ requestsPerSecond: 50 }),
    identity: router.name,
    model: router.model,
    version: router.version,
    serialNumber: null,
    breaker: CLOSED_BREAKER,
    createdAt: now,
    updatedAt: now,
  };
  const login = JSON.stringify({ username: router.user, password: router.password });
  await stack.database.devices.insert(device, seal(stack.keyring, login, deviceId));
  return deviceId;
}
