import { BOARDS, MIXED_FLEET } from '../../../simulator/boards.ts';
import type { Fault } from '../../../simulator/router/fault.ts';
import { randomOf, type Random } from '../random.ts';
import type { Act, DeviceStory, Edit, Ending, PlanStory, ProcessFault, Story } from './story.ts';
import { groundOf, WISHED_KINDS, wishOf } from './wishes.ts';

/** How long things go wrong, milliseconds. */
export const TROUBLE_MS = 20_000;

const VERSIONS = ['7.12.2', '7.16.2', '7.20.8', '7.22.3'];

/** What happens in a seed: always the same. */
export function writeStory(seed: number): Story {
  const random = randomOf(`seed ${seed}`);
  const devices = devicesOf(seed, random.fork('devices'));
  const plans = plansOf(seed, devices, random.fork('plans'));
  const acts = [
    ...plans.flatMap((_, index) => peopleActs(index, random.fork(`people of plan ${index}`))),
    ...deviceActs(devices, random.fork('device faults')),
  ];
  return {
    seed,
    devices,
    plans,
    acts: acts.sort((one, other) => one.atMs - other.atMs),
    processFaults: processFaultsOf(random.fork('process faults')),
    endings: Array.from({ length: 4 }, () => random.pick<Ending>(['leave', 'resume', 'resume', 'abort', 'rollback'])),
  };
}

function devicesOf(seed: number, random: Random): DeviceStory[] {
  return Array.from({ length: random.int(3, 8) }, (_, index): DeviceStory => {
    const configured: Edit[] = [...groundOf(0), ...groundOf(1)];
    if (random.chance(0.7)) configured.push({ menu: '/ip/dns', set: { servers: `10.90.0.${random.int(1, 250)}` } });
    if (random.chance(0.3)) configured.push({ menu: '/system/identity', set: { name: `site ${random.int(1, 99)}` } });
    return {
      name: `s${seed}-${String(index + 1).padStart(2, '0')}`,
      version: random.pick(VERSIONS),
      board: random.pick(MIXED_FLEET),
      configured: random.chance(0.2) ? random.some(configured, configured.length - 3) : configured,
      latencyMs: random.pick([0, 0, 5, 20, 60]),
      tags: random.pick([[], ['site:north'], ['site:north'], ['site:south']]),
    };
  });
}

function plansOf(seed: number, devices: DeviceStory[], random: Random): PlanStory[] {
  const kinds = random.some(WISHED_KINDS, random.chance(0.4) ? 2 : 1);
  const isSameKind = kinds.length === 2 && random.chance(0.3);
  return kinds.map((drawn, plan): PlanStory => {
    const chosen = random.some(devices, random.int(1, devices.length));
    const kind = isSameKind ? kinds[0]! : drawn;
    return {
      name: `chaos seed ${seed} plan ${plan}`,
      ...wishOf(kind, random, { seed, plan, ports: freePorts(chosen) }),
      rollout: {
        canary: random.int(0, 2),
        batchSize: random.int(1, 4),
        pauseSeconds: random.pick([0, 0, 1, 2]),
        maxFailures: random.pick([0, 0, 1, 5]),
        maxFailurePercent: random.pick([100, 100, 40]),
        ...takingBack(random.fork(`taking back of plan ${plan}`)),
        ...pace(random.fork(`pace of plan ${plan}`)),
      },
      devices: random.shuffle(chosen).map(({ name }) => name),
      requestedBy: random.chance(0.25) ? 'admin' : 'operator',
    };
  });
}

function takingBack(random: Random): PlanStory['rollout'] {
  const autoRollback = random.chance(0.6);
  return { autoRollback, rollbackScope: autoRollback && random.chance(0.4) ? 'all' : 'batch' };
}

function pace(random: Random): PlanStory['rollout'] {
  return {
    batchGrowth: random.pick([1, 1.5, 2]),
    maxParallel: random.pick([50, 50, 2]),
    ...(random.chance(0.3) ? { maxParallelPerSite: random.int(1, 2) } : {}),
    unreachableSeconds: random.pick([0, 5, 20]),
  };
}

/** Ports behind which nobody is, that all of the routers have; the first one is the way in. */
function freePorts(devices: readonly DeviceStory[]): string[] {
  const portsOf = ({ board }: DeviceStory): string[] =>
    BOARDS[board].interfaces.filter(({ type }) => type === 'ether').map(({ name }) => name);
  const [first = [], ...others] = devices.map(portsOf);
  return first.filter((name) => name !== first[0] && others.every((ports) => ports.includes(name))).slice(1);
}

function peopleActs(plan: number, random: Random): Act[] {
  const proposedAt = random.int(0, 4_000);
  const decidedAt = (): number => proposedAt + random.int(1_500, 6_000);
  const approve = (by: 'approver' | 'approver2'): Act => {
    return { atMs: decidedAt(), act: 'decide', plan, by, decision: 'approve', digest: 'right' };
  };
  const bad: Act[] = [
    { atMs: decidedAt(), act: 'decide', plan, by: 'requester', decision: 'approve', digest: 'right' },
    { atMs: decidedAt(), act: 'decide', plan, by: 'approver', decision: 'approve', digest: 'wrong' },
    { atMs: decidedAt(), act: 'decide', plan, by: 'viewer', decision: 'approve', digest: 'right' },
  ];
  const reject: Act = { atMs: decidedAt(), act: 'decide', plan, by: 'approver2', decision: 'reject', digest: 'right' };
  const votes = random.pick<Act[]>([
    ...Array.from({ length: 14 }, () => [approve('approver'), approve('approver2')]),
    [...random.some(bad, 2), approve('approver'), approve('approver2')],
    [approve('approver')],
    random.some(bad, random.int(1, 3)),
    [reject],
    [reject, approve('approver')],
    [],
  ]);
  const controls = Array.from({ length: random.pick([0, 0, 1, 1, 2, 3]) }, (): Act => {
    const control = random.pick(['pause', 'pause', 'resume', 'abort', 'rollback', 'cancel', 'skip', 'retry'] as const);
    return { atMs: proposedAt + random.int(3_000, TROUBLE_MS), act: 'control', plan, control };
  });
  return [{ atMs: proposedAt, act: 'propose', plan }, ...votes, ...controls];
}

function deviceActs(devices: readonly DeviceStory[], random: Random): Act[] {
  const acts: Act[] = [];
  // Most when there is something to disturb: routers in trouble while they are read have their plan refused, and that is all.
  const when = (leastMs: number, mostMs: number): { atMs: number; duringRollout?: true } =>
    random.chance(0.75) ? { atMs: random.int(0, 6_000), duringRollout: true } : { atMs: random.int(leastMs, mostMs) };
  for (const { name: device } of devices) {
    const troubles = random.pick([0, 0, 1, 1, 2, 3]);
    for (let trouble = 0; trouble < troubles; trouble++) {
      const then = when(2_000, TROUBLE_MS - 2_000);
      if (random.chance(0.15)) acts.push({ ...then, act: 'power', device, downMs: random.int(300, 4_000) });
      else {
        acts.push({ ...then, act: 'faults', device, faults: [faultOf(random)] });
        const overAtMs = then.atMs + random.int(500, 6_000);
        if (random.chance(0.5)) acts.push({ ...then, atMs: overAtMs, act: 'faults', device, faults: [] });
      }
    }
    if (random.chance(0.25)) acts.push({ ...when(1_000, TROUBLE_MS), act: 'edit', device, edit: editOf(random) });
  }
  return acts;
}

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** One that ends by itself after some requests, or that lasts until the next look at it. */
function faultOf(random: Random): Fault {
  const kind = random.pick([
    'drop_reply',
    'drop_reply',
    'refuse',
    'hang',
    'latency',
    'error',
    'close',
    'reboot',
    'slow_body',
    'auth',
  ] as const);
  const match = random.chance(0.6) ? { method: random.pick(WRITES) } : undefined;
  const count = random.chance(0.8) || kind === 'hang' || kind === 'reboot' ? random.int(1, 3) : undefined;
  return {
    kind,
    ...(kind !== 'refuse' && match ? { match } : {}),
    ...(count === undefined ? {} : { count: kind === 'reboot' ? 1 : count }),
    ...(kind === 'latency' || kind === 'slow_body' ? { latencyMs: random.int(200, 4_000) } : {}),
    ...(kind === 'reboot' ? { latencyMs: random.int(300, 3_000) } : {}),
    ...(kind === 'error' ? { status: random.pick([400, 500, 503]), detail: 'failure: chaos' } : {}),
  };
}

/** On the very objects that plans are about, and beside them. */
function editOf(random: Random): Edit {
  const plan = random.int(0, 1);
  const row = random.int(0, 2);
  const tag = random.int(1, 250);
  return random.pick<Edit>([
    { menu: '/ip/dns', set: { servers: `10.66.0.${tag}` } },
    { menu: '/system/identity', set: { name: `by hand ${tag}` } },
    { menu: '/ip/firewall/filter', add: { chain: 'forward', action: 'accept', comment: `by hand ${tag}` } },
    {
      menu: '/ip/firewall/filter',
      row: { comment: `convoy:ground-${plan}-${row}` },
      set: { 'dst-port': String(5000 + tag) },
    },
    { menu: '/ip/firewall/filter', remove: { comment: `convoy:ground-${plan}-${row}` } },
    { menu: '/ip/firewall/address-list', add: { list: `chaos-${plan}`, address: `192.0.2.${tag}` } },
    {
      menu: '/ip/firewall/address-list',
      row: { list: `chaos-${plan}`, address: `203.0.113.${plan * 100 + row + 1}` },
      set: { comment: `by hand ${tag}` },
    },
    { menu: '/ip/route', remove: { comment: `ground ${plan}-${row}` } },
    { menu: '/ip/address', row: { comment: `ground ${plan}-${row}` }, set: { comment: `by hand ${tag}` } },
    { menu: '/ip/dns/static', row: { name: `ground-${plan}-${row}.lan` }, set: { address: `10.66.1.${tag}` } },
  ]);
}

function processFaultsOf(random: Random): ProcessFault[] {
  const faults: ProcessFault[] = [];
  const add = (share: number, fault: () => Omit<ProcessFault, 'atMs'>): void => {
    // Late ones meet rollouts, early ones the planning.
    const earliestMs = random.chance(0.25) ? 1_000 : 7_000;
    if (random.chance(share)) faults.push({ atMs: random.int(earliestMs, TROUBLE_MS - 1_000), ...fault() });
  };
  const stopOrKill = (stops: number): 'stop' | 'kill' => (random.chance(stops) ? 'stop' : 'kill');
  add(0.6, () => ({ target: 'worker', how: stopOrKill(0.35), forMs: random.int(200, 7_000) }));
  add(0.3, () => ({ target: 'web', how: stopOrKill(0.2), forMs: random.int(200, 3_000) }));
  add(0.2, () => ({ target: 'temporal', how: stopOrKill(0.4), forMs: random.int(500, 4_000) }));
  add(0.2, () => ({ target: 'postgres', how: stopOrKill(0.4), forMs: random.int(500, 4_000) }));
  return faults;
}
