import type { MenuDefinition } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { reference, text } from '../../values/field-types.ts';
import { referenceList } from '../../values/reference-list.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';
import { BUILTIN_LISTS } from './list-members.ts';
import { freeName } from './typed-interface.ts';

const PATH = '/interface/list';

/** Lists of interfaces: four that every router has, and those that were made. */
export const interfaceLists: MenuDefinition = {
  path: PATH,
  kind: 'list',
  nameField: 'name',
  noun: 'interface list',
  firstId: 0x2000010,
  fields: {
    builtin: computed((item) => String(item.dynamic)),
    comment,
    dynamic,
    exclude: { type: referenceList(PATH), default: '' },
    include: { type: referenceList(PATH), default: '' },
    name: { type: text, default: (router) => freeName(router, 'list', PATH) },
  },
  seed: () => [
    ...Object.entries(BUILTIN_LISTS).map(([name, id]) => ({ '.id': id, name, comment: BUILTIN_COMMENTS[name] ?? '' })),
    { name: 'WAN', comment: 'defconf' },
    { name: 'LAN', comment: 'defconf' },
  ],
  collision: ({ name }, others) => (others.some((other) => other.values['name'] === name) ? LIST_EXISTS : undefined),
};

/** Which interfaces are in which list. */
export const interfaceListMembers: MenuDefinition = {
  path: `${PATH}/member`,
  kind: 'list',
  noun: 'interface list member',
  fields: {
    comment,
    disabled,
    dynamic,
    interface: { type: reference('/interface'), required: true },
    list: { type: reference(PATH), required: true },
  },
  seed: (router) => [
    { list: 'LAN', interface: 'bridge', comment: 'defconf' },
    { list: 'WAN', interface: router.board.interfaces[0]?.name ?? 'ether1', comment: 'defconf' },
  ],
  prepare: ({ kind, after }) => {
    const isBuiltin = Object.values<string>(BUILTIN_LISTS).includes(after['list'] ?? '');
    if (kind !== 'remove' && isBuiltin) throw failure(BUILTIN_LIST_TAKES_NO_MEMBERS);
  },
  collision: (candidate, others) =>
    others.some(({ values }) => values['list'] === candidate['list'] && values['interface'] === candidate['interface'])
      ? MEMBER_EXISTS
      : undefined,
};

/** Refusals of which no source has the text from a device. */
const LIST_EXISTS = 'already have such list name';
const MEMBER_EXISTS = 'already have such entry';
const BUILTIN_LIST_TAKES_NO_MEMBERS = 'can not change builtin list';

const BUILTIN_COMMENTS: Readonly<Record<string, string>> = {
  all: 'contains all interfaces',
  none: 'contains no interfaces',
  dynamic: 'contains dynamic interfaces',
  static: 'contains static interfaces',
};
