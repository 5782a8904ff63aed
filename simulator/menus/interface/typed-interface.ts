import type { Change, Field, Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { badRequest } from '../../engine/router-error.ts';
import { duration, integer, text, word } from '../../values/field-types.ts';
import { comment, computed, disabled } from '../row-fields.ts';
import { l2mtuOf } from './frame-sizes.ts';
import { noteLinks } from './links.ts';
import { macOf } from './mac-addresses.ts';
import { isRunning } from './running.ts';

/** A menu of interfaces of one type: what is special about it. */
type TypedInterface = Omit<MenuDefinition, 'kind' | 'rowsOf' | 'nameField' | 'collision'> & {
  /** The type as `/interface` prints it. */
  readonly type: string;
  /** New rows are called this and a number. */
  readonly namePrefix: string;
  /** Fields of access `argument` whose value is stored when it is given, and comes from the hardware until then. */
  readonly keeps?: readonly string[];
};

/** Declares a menu whose rows are those of `/interface` with a type. */
export function interfaceMenu({ type, namePrefix, keeps = [], ...special }: TypedInterface): MenuDefinition {
  return {
    noun: 'interface',
    ...special,
    kind: 'list',
    rowsOf: { menu: '/interface', values: { type } },
    nameField: 'name',
    fields: {
      comment,
      disabled,
      name: { type: text, default: (router) => freeName(router, namePrefix) },
      running,
      ...special.fields,
    },
    collision: nameIsTaken,
    prepare: (change, router) => {
      refuseEmptyName(change);
      keepGiven(change, ['l2mtu', ...keeps]);
      special.prepare?.(change, router);
    },
    applied: (change, router) => {
      special.applied?.(change, router);
      noteLinks(router);
    },
  };
}

/** `running`, of any interface. */
export const running: Field = computed((item, router) => String(isRunning(item, router)));

/** `mac-address` of an interface that cannot be given one. */
export const ownMacAddress: Field = computed((item, router) => macOf(item, router));

/** `arp` and its timeout, of interfaces that speak Ethernet. */
export const ARP_FIELDS: Readonly<Record<string, Field>> = {
  arp: { type: word('enabled', 'disabled', 'proxy-arp', 'local-proxy-arp', 'reply-only'), default: 'enabled' },
  'arp-timeout': { type: duration(0, Infinity, ['auto']), default: 'auto' },
};

/** Loop protection, of ports and VLANs. */
export const LOOP_PROTECT_FIELDS: Readonly<Record<string, Field>> = {
  'loop-protect': { type: word('default', 'on', 'off'), default: 'default' },
  'loop-protect-disable-time': { type: duration(), default: '5m' },
  'loop-protect-send-interval': { type: duration(), default: '5s' },
  'loop-protect-status': computed((item) => (item.values['loop-protect'] === 'on' ? 'on' : 'off')),
};

/** No two interfaces have the same name, whatever their types; `others` are those of the candidate's type. */
export function nameIsTaken(candidate: Values, others: readonly Item[], router: RouterView): string | undefined {
  const ids = new Set(others.map((other) => other.id));
  const taken = router
    .items('/interface')
    .some(
      ({ id, values }) => values['name'] === candidate['name'] && (ids.has(id) || values['type'] !== candidate['type']),
    );
  return taken ? 'already have interface with such name' : undefined;
}

/** The name of an interface may be any text but an empty one. */
export function refuseEmptyName({ after }: Change): void {
  if (after['name'] === '') throw badRequest('invalid value for argument name');
}

/** `l2mtu`, of interfaces that can be given one: the value that was given, else what the hardware has. */
export const settableL2mtu: Field = { type: integer(0, 65_535), access: 'argument', compute: l2mtuOf };

/** Stores fields that were given and are computed while they were not. */
export function keepGiven({ given, after }: Change, names: readonly string[]): void {
  for (const name of names) {
    const value = given.get(name);
    if (value !== undefined) after[name] = value;
  }
}

/** A name that no row of a menu has: the prefix and the lowest free number. */
export function freeName(router: RouterView, prefix: string, menu = '/interface'): string {
  const taken = new Set(router.items(menu).map((item) => item.values['name']));
  let number = 1;
  while (taken.has(`${prefix}${number}`)) number += 1;
  return `${prefix}${number}`;
}
