import type { Board } from '../../boards.ts';
import type { Item } from '../../engine/definition.ts';

/** A port's highest speed, as the log and the monitor name it, with the modes it offers up to there. */
export type PortSpeed = { readonly short: string; readonly rate: string; readonly modes: readonly string[] };

const UP_TO_1G = [
  '10M-baseT-half',
  '10M-baseT-full',
  '100M-baseT-half',
  '100M-baseT-full',
  '1G-baseT-half',
  '1G-baseT-full',
];

const GIGABIT: PortSpeed = { short: '1G', rate: '1Gbps', modes: UP_TO_1G };
const SFP: PortSpeed = { short: '1G', rate: '1Gbps', modes: ['1G-baseT-full', '1G-baseX'] };
const SFP_PLUS: PortSpeed = {
  short: '10G',
  rate: '10Gbps',
  modes: ['1G-baseT-full', '1G-baseX', '2.5G-baseX', '10G-baseSR-LR', '10G-baseCR'],
};
const SFP28: PortSpeed = {
  short: '25G',
  rate: '25Gbps',
  modes: ['1G-baseX', '10G-baseSR-LR', '10G-baseCR', '25G-baseSR-LR', '25G-baseCR'],
};

/** Speed of an ethernet port; the name it was made with tells what it is. */
export function speedOf(port: Item): PortSpeed {
  const made = port.values['default-name'] ?? '';
  if (made.startsWith('sfp28')) return SFP28;
  if (made.startsWith('sfp-sfpplus')) return SFP_PLUS;
  return isCage(port) ? SFP : GIGABIT;
}

/** Is it a cage for modules? */
export function isCage(port: Item): boolean {
  return (port.values['default-name'] ?? '').startsWith('sfp');
}

/** Does the port of a board, by the name it was made with, give power? */
export function givesPower(board: Board, portName: string): boolean {
  return POWERED_PORTS[board.model ?? '']?.test(portName) ?? false;
}

/** Does any port of the board give power? */
export function hasPoweredPorts(board: Board): boolean {
  return (board.model ?? '') in POWERED_PORTS;
}

/** The ports that give power, by model. Source: data sheets. */
const POWERED_PORTS: Readonly<Record<string, RegExp>> = { 'RB5009UPr+S+IN': /^ether[1-8]$/, 'L009UiGS-RM': /^ether8$/ };

/** Name of the switch chip behind a board's ports; undefined where ports are wired to the processor. */
export function switchOf(board: Board): string | undefined {
  return board.model === undefined || board.model.startsWith('CCR') ? undefined : 'switch1';
}
