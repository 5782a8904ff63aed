import type { Random } from '../random.ts';
import type { Edit } from './story.ts';

/** What a plan wants, and what must be on the routers for it to have something to do. */
export interface Wish {
  kind: string;
  input: Record<string, unknown>;
}

/** For whom a wish is made: its names and values are its own, so that every write tells which plan it belongs to. */
export interface WishFor {
  seed: number;
  /** 0 or 1. */
  plan: number;
  /** Ports that every router of the plan has and that nothing depends on. */
  ports: readonly string[];
}

type MakeWish = (random: Random, who: WishFor) => Wish['input'];

/** Every row that stands on each router for one plan to change or remove. */
export function groundOf(plan: number): Edit[] {
  const rows = [0, 1, 2];
  return [
    ...rows.map((row): Edit => ({
      menu: '/ip/firewall/address-list',
      add: { list: listOf(plan), address: `203.0.113.${plan * 100 + row + 1}`, comment: `ground ${row}` },
    })),
    ...rows.map((row): Edit => ({
      menu: '/ip/route',
      add: { 'dst-address': `10.${150 + plan}.${row}.0/24`, blackhole: '', comment: `ground ${plan}-${row}` },
    })),
    ...rows.map((row): Edit => ({
      menu: '/ip/address',
      add: { address: `10.${170 + plan}.${row}.1/24`, interface: 'bridge', comment: `ground ${plan}-${row}` },
    })),
    ...rows.map((row): Edit => ({
      menu: '/ip/firewall/filter',
      add: {
        chain: 'forward',
        action: 'accept',
        protocol: 'tcp',
        'dst-port': String(2000 + plan * 100 + row),
        comment: `convoy:ground-${plan}-${row}`,
      },
    })),
    ...rows.map((row): Edit => ({
      menu: '/ip/dns/static',
      add: { name: `ground-${plan}-${row}.lan`, type: 'A', address: `192.0.2.${plan * 100 + row + 1}` },
    })),
  ];
}

const listOf = (plan: number): string => `chaos-${plan}`;

const WISHES: Readonly<Record<string, MakeWish>> = {
  dns_ntp: (random, { plan }) => ({
    dnsServers: [`10.99.${plan}.${random.int(1, 250)}`, `10.98.${plan}.${random.int(1, 250)}`],
    ...(random.chance(0.5) ? { ntpServers: [`10.97.${plan}.${random.int(1, 250)}`] } : {}),
  }),

  address_list_sync: (random, { plan }) => {
    const mode = random.pick(['exact', 'add_only', 'remove_only']);
    const added = Array.from({ length: random.int(1, 5) }, (_, index) => ({
      address: `198.51.100.${plan * 100 + index * 10 + random.int(1, 9)}`,
      comment: `plan ${plan}`,
    }));
    const ground = [0, 1, 2].map((row) => ({ address: `203.0.113.${plan * 100 + row + 1}` }));
    const kept = random.some(ground, random.int(1, 2));
    const entries = { exact: [...added, ...kept], add_only: added, remove_only: kept }[mode];
    return { list: listOf(plan), mode, entries };
  },

  static_routes: (random, { plan }) => ({
    routes: Array.from({ length: random.int(1, 3) }, (_, index) => ({
      destination: `10.${160 + plan}.${index * 10 + random.int(0, 9)}.0/24`,
      blackhole: true,
      distance: random.int(2, 200),
      comment: `plan ${plan}`,
    })),
    remove: random
      .some([0, 1, 2], random.int(0, 2))
      .map((row) => ({ destination: `10.${150 + plan}.${row}.0/24`, blackhole: true })),
  }),

  ip_addresses: (random, { plan }) => ({
    addresses: Array.from({ length: random.int(1, 3) }, (_, index) => ({
      address: `10.${180 + plan}.${index * 10 + random.int(0, 9)}.1/24`,
      interface: 'bridge',
      comment: `plan ${plan}`,
    })),
    remove: random
      .some([0, 1, 2], random.int(0, 2))
      .map((row) => ({ address: `10.${170 + plan}.${row}.1/24`, interface: 'bridge' })),
  }),

  firewall_filter: (random, { plan }) => {
    const ground = (row: number) => ({ ruleId: `ground-${plan}-${row}` });
    const place = random.pick(['bottom', { before: ground(0) }, { after: ground(1) }] as const);
    const added = {
      op: 'add',
      chain: 'forward',
      ruleId: `added-${plan}`,
      rule: { action: 'accept', protocol: 'udp', dstPort: String(random.int(3000, 3999)), comment: 'added' },
      place,
    };
    const moved = { op: 'move', chain: 'forward', rule: ground(2), place: { before: ground(0) } };
    const removed = { op: 'remove', chain: 'forward', rule: ground(2) };
    const modified = {
      op: 'modify',
      chain: 'forward',
      rule: ground(1),
      set: { dstPort: String(random.int(4000, 4999)) },
    };
    const others = [random.pick([moved, removed]), modified];
    return { changes: [added, ...random.some(others, random.int(0, 2))] };
  },

  identity: (random, { plan }) => ({ template: `{name}-p${plan}-${random.int(1, 999)}` }),

  dns_static: (random, { plan }) => ({
    records: [
      ...Array.from({ length: random.int(1, 3) }, (_, index) => ({
        name: `plan-${plan}-${index}.lan`,
        type: 'A',
        value: `192.0.2.${random.int(1, 250)}`,
        comment: `plan ${plan}`,
      })),
      ...(random.chance(0.5)
        ? [{ name: `ground-${plan}-0.lan`, type: 'A', value: `198.51.100.${random.int(1, 250)}` }]
        : []),
      ...(random.chance(0.5) ? [{ name: `ground-${plan}-1.lan`, type: 'A', state: 'absent' }] : []),
    ],
  }),

  interface_settings: (random, { plan, ports }) => {
    // Each plan has a port of its own.
    const name = ports[plan] ?? 'bridge';
    const comment = `plan ${plan} ${random.int(1, 999)}`;
    return { interfaces: [{ name, comment, ...(random.chance(0.5) ? { enabled: false } : {}) }] };
  },

  dhcp_service: (random, { plan }) => ({
    pools: [
      {
        name: `chaos-${plan}`,
        ranges: [`10.${120 + plan}.0.${random.int(10, 50)}-10.${120 + plan}.0.${random.int(60, 99)}`],
      },
    ],
    networks: [{ address: `10.${120 + plan}.0.0/24`, gateway: `10.${120 + plan}.0.${random.int(1, 9)}` }],
  }),

  dhcp_leases: (random, { plan }) => ({
    leases: Array.from({ length: random.int(1, 3) }, (_, index) => ({
      macAddress: `00:1B:21:0${plan}:0B:0${index}`,
      address: `192.168.88.${2 + plan * 3 + index}`,
      comment: `plan ${plan} ${random.int(1, 99)}`,
    })),
  }),

  bridge_vlans: (random, { plan }) => ({
    vlans: Array.from({ length: random.int(1, 3) }, (_, index) => ({
      bridge: 'bridge',
      vlanIds: String(200 + plan * 100 + index * 10 + random.int(0, 9)),
      tagged: ['bridge'],
      comment: `plan ${plan}`,
    })),
  }),

  logging: (random, { plan }) => ({
    actions: [{ name: `chaos${plan}`, target: 'remote', remote: `10.96.${plan}.${random.int(1, 250)}` }],
    rules: [{ topics: [random.pick(['error', 'critical', 'account'])], action: `chaos${plan}`, prefix: `plan${plan}` }],
  }),

  snmp: (random, { plan }) => ({ contact: `noc ${plan}`, location: `rack ${plan}-${random.int(1, 99)}` }),
};

const SINGLE_KINDS: readonly string[] = Object.keys(WISHES);
export const WISHED_KINDS: readonly string[] = [...SINGLE_KINDS, 'composite'];

/** A wish of the kind whose values are the plan's own. */
export function wishOf(kind: string, random: Random, who: WishFor): Wish {
  if (kind === 'composite') {
    const parts = random.some(SINGLE_KINDS, random.int(2, 4));
    return { kind, input: { changes: parts.map((part) => wishOf(part, random.fork(part), who)) } };
  }
  const make = WISHES[kind];
  if (!make) throw new Error(`there is no generator for the kind ${kind}`);
  return { kind, input: make(random, who) };
}
