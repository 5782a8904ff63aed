/** How to find out what became of a writing command whose reply was lost. */
export type Settle =
  /** Nothing can tell. */
  | 'none'
  /** By reading what the command makes: the saved file, the new uptime. */
  | 'read'
  /** By running it again: twice is the same as once. */
  | 'repeat';

/** A command that may be run, and what keeps it from running for ever. */
export interface RouterCommand {
  menu: string;
  command: string;
  /** `read` changes nothing that is configured. */
  effect: 'read' | 'write';
  /** One of these arguments ends the command; each with the largest value that is allowed. Absent: it ends by itself. */
  endsBy?: Readonly<Record<string, Bound>>;
  /** Writing commands only. */
  settle?: Settle;
  /** What goes wrong in it is answered as if it were its output. */
  failsAsOutput?: true;
}

/** `once`, a number of rounds (each up to `secondsEach`), or a duration in seconds. */
export type Bound =
  | { kind: 'once' }
  | { kind: 'count'; most: number; secondsEach: number }
  | { kind: 'duration'; mostSeconds: number }
  /** The command has no end to wait for; the argument must hold one of these words. */
  | { kind: 'words'; words: readonly string[] }
  /** A limit on an amount. */
  | { kind: 'amount'; most: number };

const ONCE: Bound = { kind: 'once' };
/** RouterOS ends a REST call after 60 s without sending a byte of its answer, so every bound stays well below. */
const seconds = (mostSeconds: number): Bound => ({ kind: 'duration', mostSeconds });

/**
 * Every command that can be run on a router, besides reading and writing rows. Commands that watch something send nothing
 * before they end, so each has a bound.
 */
export const ROUTER_COMMANDS: readonly RouterCommand[] = [
  // `/ping` at the root is gone since 7.24.
  { menu: '/tool', command: 'ping', effect: 'read', endsBy: { count: { kind: 'count', most: 20, secondsEach: 2 } } },
  {
    menu: '/tool',
    command: 'traceroute',
    effect: 'read',
    endsBy: { count: { kind: 'count', most: 3, secondsEach: 15 }, duration: seconds(45) },
  },
  { menu: '/tool', command: 'bandwidth-test', effect: 'read', endsBy: { duration: seconds(20) } },
  { menu: '/tool', command: 'torch', effect: 'read', endsBy: { duration: seconds(30) } },
  { menu: '/tool', command: 'profile', effect: 'read', endsBy: { duration: seconds(30) } },
  { menu: '/interface', command: 'monitor-traffic', effect: 'read', endsBy: { once: ONCE, duration: seconds(30) } },
  { menu: '/interface/ethernet', command: 'monitor', effect: 'read', endsBy: { once: ONCE } },
  { menu: '/interface/ethernet', command: 'cable-test', effect: 'read', endsBy: { once: ONCE } },
  { menu: '/interface/ethernet/poe', command: 'monitor', effect: 'read', endsBy: { once: ONCE } },
  { menu: '/interface/bridge', command: 'monitor', effect: 'read', endsBy: { once: ONCE } },
  { menu: '/interface/wifi', command: 'monitor', effect: 'read', endsBy: { once: ONCE } },
  // The same before 7.13.
  { menu: '/interface/wifiwave2', command: 'monitor', effect: 'read', endsBy: { once: ONCE } },
  { menu: '/interface/wireless', command: 'monitor', effect: 'read', endsBy: { once: ONCE } },
  // What the rules of a country allow radios.
  { menu: '/interface/wifi/radio', command: 'reg-info', effect: 'read' },
  { menu: '/interface/wifiwave2/radio', command: 'reg-info', effect: 'read' },
  { menu: '/interface/wireless/info', command: 'country-info', effect: 'read' },
  { menu: '/system/resource', command: 'monitor', effect: 'read', endsBy: { once: ONCE } },
  {
    menu: '/system/package/update',
    command: 'check-for-updates',
    effect: 'read',
    endsBy: { once: ONCE, duration: seconds(30) },
  },
  { menu: '/ip/route', command: 'check', effect: 'read', endsBy: { once: ONCE } },
  { menu: '/file', command: 'read', effect: 'read', endsBy: { 'chunk-size': { kind: 'amount', most: 32_768 } } },
  {
    menu: '/console',
    command: 'inspect',
    effect: 'read',
    endsBy: { request: { kind: 'words', words: ['child', 'syntax', 'completion', 'highlight', 'self'] } },
  },

  { menu: '/ip/dns/cache', command: 'flush', effect: 'write', settle: 'repeat' },
  { menu: '/ip/dhcp-client', command: 'renew', effect: 'write', settle: 'repeat' },
  { menu: '/ip/dhcp-client', command: 'release', effect: 'write', settle: 'read' },
  { menu: '/ip/dhcp-server/lease', command: 'make-static', effect: 'write', settle: 'read' },
  { menu: '/interface', command: 'reset-counters', effect: 'write', settle: 'repeat' },
  { menu: '/interface/ethernet', command: 'reset-counters', effect: 'write', settle: 'repeat' },
  { menu: '/ip/firewall/filter', command: 'reset-counters', effect: 'write', settle: 'repeat' },
  { menu: '/ip/firewall/nat', command: 'reset-counters', effect: 'write', settle: 'repeat' },
  { menu: '/ip/firewall/mangle', command: 'reset-counters', effect: 'write', settle: 'repeat' },
  { menu: '/ip/firewall/raw', command: 'reset-counters', effect: 'write', settle: 'repeat' },
  { menu: '/system/backup', command: 'save', effect: 'write', settle: 'read' },
  { menu: '/system/script', command: 'run', effect: 'write', settle: 'none' },
  { menu: '/system/package/update', command: 'download', effect: 'write', settle: 'read' },
  { menu: '/system/package/update', command: 'install', effect: 'write', settle: 'read' },
  { menu: '/system/routerboard', command: 'upgrade', effect: 'write', settle: 'read' },
  { menu: '/certificate', command: 'sign', effect: 'write', settle: 'read' },
  { menu: '/certificate', command: 'import', effect: 'write', settle: 'read' },
  { menu: '/user/ssh-keys', command: 'import', effect: 'write', settle: 'read' },
  { menu: '/log', command: 'info', effect: 'write', settle: 'read' },
  { menu: '/log', command: 'warning', effect: 'write', settle: 'read' },
  { menu: '/log', command: 'error', effect: 'write', settle: 'read' },
  { menu: '/tool', command: 'wol', effect: 'write', settle: 'repeat' },
  { menu: '/system', command: 'reboot', effect: 'write', settle: 'read' },
  // At the root of the console.
  { menu: '/', command: 'export', effect: 'write', settle: 'read' },
  { menu: '/', command: 'import', effect: 'write', settle: 'none' },
  { menu: '/', command: 'execute', effect: 'write', settle: 'none', failsAsOutput: true },
];

export function findCommand(menu: string, command: string): RouterCommand | undefined {
  return BY_PATH.get(`${menu} ${command}`);
}

const BY_PATH = new Map(ROUTER_COMMANDS.map((entry) => [`${entry.menu} ${entry.command}`, entry]));
