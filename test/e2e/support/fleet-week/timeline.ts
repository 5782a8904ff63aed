/** A router of the fleet, by the name that the simulator gives it. */
export interface WeekRouter {
  name: string;
  site: string;
  /** Its disk is small, and the policy has limits of its own for it. */
  hasSmallDisk?: true;
}

/** In the order in which the simulator makes them. */
export const ROUTERS: readonly WeekRouter[] = [
  { name: 'lab-01', site: 'berlin' },
  { name: 'lab-02', site: 'berlin' },
  { name: 'lab-03', site: 'berlin' },
  { name: 'lab-04', site: 'rome', hasSmallDisk: true },
  { name: 'lab-05', site: 'rome' },
  { name: 'lab-06', site: 'rome' },
  { name: 'lab-07', site: 'oslo' },
  { name: 'lab-08', site: 'oslo' },
  { name: 'lab-09', site: 'oslo' },
];

/** Disk in use of the routers with small disks, percent. */
export const SMALL_DISK = { degraded: 60, critical: 80 } as const;

/** A change somebody makes with WinBox, and what becomes of it. */
export interface HandEdit {
  router: string;
  menu: string;
  edit: { set: Record<string, string> } | { add: Record<string, string> };
  kind: 'changed' | 'added';
  becomes: 'acknowledged' | 'remediated' | 'set_back';
}

export type WeekEvent =
  /** Away for less than a check. */
  | { is: 'short_reboot'; router: string }
  /** Away until it is known to be unreachable. */
  | { is: 'long_reboot'; router: string }
  /** The way to it comes and goes until it is known to flap, is down for long once more, and is steady in the end. */
  | { is: 'link_flaps'; router: string }
  /** All of one site, found by one comparison. */
  | { is: 'hand_edits'; site: string; edits: readonly HandEdit[] }
  /** Nothing of the site answers while the snapshots of that night are taken. */
  | { is: 'dead_site'; site: string }
  /** Renewed by somebody, and trusted anew by an administrator. */
  | { is: 'new_certificate'; router: string }
  /** Full, then just below the limit, then as empty as before. */
  | { is: 'full_disk'; router: string; fullPercent: number; barelyPercent: number }
  /** SIGKILL while snapshots of that night are taken and the router is away. */
  | { is: 'dead_worker'; router: string };

export interface WeekDay {
  day: number;
  events: readonly WeekEvent[];
}

/** What happens; each day begins with a comparison of the fleet with its baselines and ends with its snapshots. */
export const WEEK: readonly WeekDay[] = [
  {
    day: 1,
    events: [
      { is: 'short_reboot', router: 'lab-01' },
      { is: 'long_reboot', router: 'lab-02' },
    ],
  },
  { day: 2, events: [{ is: 'link_flaps', router: 'lab-03' }] },
  {
    day: 3,
    events: [
      {
        is: 'hand_edits',
        site: 'rome',
        edits: [
          {
            router: 'lab-04',
            menu: '/ip/dns',
            edit: { set: { servers: '192.0.2.53' } },
            kind: 'changed',
            becomes: 'acknowledged',
          },
          {
            router: 'lab-05',
            menu: '/system/identity',
            edit: { set: { name: 'somebody' } },
            kind: 'changed',
            becomes: 'remediated',
          },
          {
            router: 'lab-06',
            menu: '/ip/firewall/address-list',
            edit: { add: { list: 'guests', address: '192.0.2.7' } },
            kind: 'added',
            becomes: 'set_back',
          },
        ],
      },
    ],
  },
  { day: 4, events: [{ is: 'dead_site', site: 'oslo' }] },
  { day: 5, events: [{ is: 'new_certificate', router: 'lab-01' }] },
  { day: 6, events: [{ is: 'full_disk', router: 'lab-04', fullPercent: 85, barelyPercent: 77 }] },
  { day: 7, events: [{ is: 'dead_worker', router: 'lab-02' }] },
  // A day on which nothing happens, and of which nothing is told.
  { day: 8, events: [] },
];
