import type { Row } from '../../engine/definition.ts';
import type { Menu } from '../../engine/menu.ts';
import { layoutOf } from './layout.ts';

/** The flags of a menu, in the columns that the console gives them. */
export type Flags = {
  /** The groups of which a row shows one letter each. */
  readonly groups: readonly (readonly string[])[];
  /** Letters of a row, one for each group, a blank where it has none. */
  readonly letters: (row: Row) => string;
  /** `Flags: X - disabled, D - dynamic`: all that the menu knows, or those that the rows have. */
  readonly legend: string | undefined;
};

const LETTERS: Readonly<Record<string, string | undefined>> = {
  disabled: 'X',
  invalid: 'I',
  inactive: 'I',
  dynamic: 'D',
  default: '*',
  running: 'R',
  active: 'A',
  slave: 'S',
  connect: 'c',
  static: 's',
  bgp: 'b',
  ospf: 'o',
  ecmp: '+',
  undoable: 'U',
  redoable: 'R',
  'floating-undo': 'F',
  expired: 'E',
  established: 'E',
};

const GENERAL: readonly (readonly string[])[] = [
  ['disabled', 'invalid', 'inactive'],
  ['dynamic', 'default'],
  ['running', 'active'],
  ['slave'],
];

/** `used`: the table names only flags that some row has, in capitals. `all`: the other forms name all of them. */
export function flagsOf(menu: Menu, rows: readonly Row[], legend: 'used' | 'all'): Flags {
  const known = (name: string): boolean => menu.fields.has(name) || rows.some((row) => row[name] !== undefined);
  const used = (name: string): boolean => rows.some((row) => isSet(row[name]));
  const groups = (layoutOf(menu.path).flags ?? GENERAL)
    .map((group) => group.filter(legend === 'used' ? used : known))
    .filter((group) => group.length > 0);
  const texts = groups.map((group) => group.map((name) => describe(name, legend)).join(', '));
  return {
    groups,
    letters: (row) => groups.map((group) => LETTERS[group.find((name) => isSet(row[name])) ?? ''] ?? ' ').join(''),
    legend: texts.length > 0 ? `Flags: ${texts.join('; ')}` : undefined,
  };
}

/** Does the console show the property as a letter instead of a value? */
export function isFlag(menu: Menu, name: string): boolean {
  return (layoutOf(menu.path).flags ?? GENERAL).some((group) => group.includes(name));
}

function describe(name: string, legend: 'used' | 'all'): string {
  return `${LETTERS[name] ?? '?'} - ${legend === 'used' ? name.toUpperCase() : name}`;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== 'false' && value !== 'no';
}
