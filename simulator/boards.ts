import { isAtLeast } from './engine/version.ts';

/** What a board is made of: the values behind `/system/resource`, `/system/routerboard` and `/interface`. */
export type Board = {
  readonly name: string;
  /** Absent on CHR, which is no RouterBOARD. */
  readonly model?: string;
  readonly firmwareType?: string;
  readonly architecture: string;
  readonly cpu: string;
  readonly cpuCount: number;
  readonly cpuFrequencyMhz: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Only what is in the folder `flash` survives a reboot; the rest of the files is in memory. Boards with 16 MiB. */
  readonly flashFolder?: true;
  /** What `/system/health` measures; absent on boards without sensors. */
  readonly sensors?: readonly Sensor[];
  readonly interfaces: readonly { readonly name: string; readonly type: string }[];
  /** Packages that are installed with a version. */
  readonly packages: (version: string) => readonly string[];
};

/** A sensor: its name and unit (empty for states), and what it shows: `base`, plus up to `swing` over the day. */
export type Sensor = {
  readonly name: string;
  readonly type: 'C' | 'RPM' | 'V' | 'A' | 'W' | '';
  readonly base: number | string;
  readonly swing?: number;
};

const MIB = 1024 * 1024;

const routerosOnly = (): readonly string[] => ['routeros'];

/** The driver package of 802.11ax chips was split off and renamed in 7.13. */
const withWifi = (version: string): readonly string[] => [
  'routeros',
  isAtLeast(version, '7.13') ? 'wifi-qcom' : 'wifiwave2',
];

/** The driver of older radios came with RouterOS itself before 7.13 and is a package since. */
const withWireless = (version: string): readonly string[] =>
  isAtLeast(version, '7.13') ? ['routeros', 'wireless'] : ['routeros'];

const ethernet = (count: number, ...others: string[]): Board['interfaces'] => [
  ...Array.from({ length: count }, (_, index) => ({ name: `ether${index + 1}`, type: 'ether' })),
  ...others.map((name) => ({ name, type: /^(wifi|wlan)/.exec(name)?.[0] ?? 'ether' })),
  { name: 'bridge', type: 'bridge' },
];

/** The boards a fleet can be made of, by the key used on the command line. */
export const BOARDS = {
  hap_ax2: {
    name: 'hAP ax^2',
    model: 'C52iG-5HaxD2HaxD',
    firmwareType: 'ipq6000',
    architecture: 'arm64',
    cpu: 'ARM64',
    cpuCount: 4,
    cpuFrequencyMhz: 864,
    memoryBytes: 1024 * MIB,
    diskBytes: 128 * MIB,
    sensors: [{ name: 'cpu-temperature', type: 'C', base: 43, swing: 6 }],
    interfaces: ethernet(5, 'wifi1', 'wifi2'),
    packages: withWifi,
  },
  hap_ac2: {
    name: 'hAP ac^2',
    model: 'RBD52G-5HacD2HnD',
    firmwareType: 'ipq4000L',
    architecture: 'arm',
    cpu: 'ARM',
    cpuCount: 4,
    cpuFrequencyMhz: 716,
    memoryBytes: 128 * MIB,
    diskBytes: 16 * MIB,
    flashFolder: true,
    interfaces: ethernet(5, 'wlan1', 'wlan2'),
    packages: withWireless,
  },
  rb5009: {
    name: 'RB5009UPr+S+',
    model: 'RB5009UPr+S+IN',
    firmwareType: '70x0',
    architecture: 'arm64',
    cpu: 'ARM64',
    cpuCount: 4,
    cpuFrequencyMhz: 1400,
    memoryBytes: 1024 * MIB,
    diskBytes: 1024 * MIB,
    sensors: [
      { name: 'cpu-temperature', type: 'C', base: 45, swing: 7 },
      { name: 'voltage', type: 'V', base: 23.9, swing: 0.3 },
    ],
    interfaces: ethernet(8, 'sfp-sfpplus1'),
    packages: routerosOnly,
  },
  l009: {
    name: 'L009UiGS',
    model: 'L009UiGS-RM',
    firmwareType: 'ipq5000',
    architecture: 'arm',
    cpu: 'ARM',
    cpuCount: 2,
    cpuFrequencyMhz: 800,
    memoryBytes: 512 * MIB,
    diskBytes: 128 * MIB,
    sensors: [
      { name: 'cpu-temperature', type: 'C', base: 44, swing: 6 },
      { name: 'voltage', type: 'V', base: 23.8, swing: 0.3 },
    ],
    interfaces: ethernet(8, 'sfp1'),
    packages: routerosOnly,
  },
  hex: {
    name: 'hEX',
    model: 'RB750Gr3',
    firmwareType: 'mt7621L',
    architecture: 'mmips',
    cpu: 'MIPS 1004Kc V2.15',
    cpuCount: 4,
    cpuFrequencyMhz: 880,
    memoryBytes: 256 * MIB,
    diskBytes: 16 * MIB,
    flashFolder: true,
    sensors: [
      { name: 'voltage', type: 'V', base: 23.7, swing: 0.3 },
      { name: 'temperature', type: 'C', base: 39, swing: 5 },
    ],
    interfaces: ethernet(5),
    packages: routerosOnly,
  },
  crs326: {
    name: 'CRS326-24G-2S+',
    model: 'CRS326-24G-2S+RM',
    firmwareType: 'dx3230L',
    architecture: 'arm',
    cpu: 'ARMv7',
    cpuCount: 1,
    cpuFrequencyMhz: 800,
    memoryBytes: 512 * MIB,
    diskBytes: 16 * MIB,
    flashFolder: true,
    sensors: [{ name: 'board-temperature1', type: 'C', base: 36, swing: 5 }],
    interfaces: ethernet(24, 'sfp-sfpplus1', 'sfp-sfpplus2'),
    packages: routerosOnly,
  },
  ccr2004: {
    name: 'CCR2004-1G-12S+2XS',
    model: 'CCR2004-1G-12S+2XS',
    firmwareType: 'al64',
    architecture: 'arm64',
    cpu: 'ARM64',
    cpuCount: 4,
    cpuFrequencyMhz: 1700,
    memoryBytes: 4096 * MIB,
    diskBytes: 128 * MIB,
    sensors: [
      { name: 'cpu-temperature', type: 'C', base: 46, swing: 6 },
      { name: 'board-temperature1', type: 'C', base: 38, swing: 4 },
      { name: 'fan1-speed', type: 'RPM', base: 4380, swing: 300 },
      { name: 'fan2-speed', type: 'RPM', base: 4410, swing: 300 },
      { name: 'psu1-voltage', type: 'V', base: 12.1, swing: 0.1 },
      { name: 'psu1-current', type: 'A', base: 1.8, swing: 0.3 },
      { name: 'psu2-state', type: '', base: 'ok' },
      { name: 'power-consumption', type: 'W', base: 24.2, swing: 3 },
    ],
    interfaces: ethernet(1, ...Array.from({ length: 12 }, (_, i) => `sfp-sfpplus${i + 1}`), 'sfp28-1', 'sfp28-2'),
    packages: routerosOnly,
  },
  chr: {
    name: 'CHR',
    architecture: 'x86_64',
    cpu: 'QEMU',
    cpuCount: 2,
    cpuFrequencyMhz: 2000,
    memoryBytes: 512 * MIB,
    diskBytes: 128 * MIB,
    interfaces: ethernet(8),
    packages: routerosOnly,
  },
} as const satisfies Record<string, Board>;

export type BoardKey = keyof typeof BOARDS;

/** The board a key names; hyphens and underscores are the same: `hap-ax2` is `hap_ax2`. */
export function boardKeyOf(text: string): BoardKey | undefined {
  const wanted = text.replaceAll('-', '_');
  return (Object.keys(BOARDS) as BoardKey[]).find((key) => key === wanted);
}

/** The boards a mixed fleet goes round, one after the other. */
export const MIXED_FLEET: readonly BoardKey[] = ['rb5009', 'hap_ax2', 'ccr2004', 'hex', 'l009', 'crs326'];
