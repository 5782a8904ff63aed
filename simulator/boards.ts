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
  readonly interfaces: readonly { readonly name: string; readonly type: string }[];
  /** Packages that are installed with a version. */
  readonly packages: (version: string) => readonly string[];
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
