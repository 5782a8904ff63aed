import type { Change, FieldType, Item, MenuDefinition, Values } from '../../../engine/definition.ts';
import { failure, invalidValue, missingArgument } from '../../../engine/router-error.ts';
import { isAtLeast } from '../../../engine/version.ts';
import { ipAddress } from '../../../values/address-types.ts';
import { boolean, duration, integer, text, word } from '../../../values/field-types.ts';
import { isIpAddress } from '../../../values/ip-address.ts';
import { comment, disabled, dynamic } from '../../row-fields.ts';

/** First version that prints the type of A records; earlier ones leave it out. The exact one is not measured. */
const TYPE_OF_A_SINCE = '7.15';

/** The value fields of each type; a field that belongs to another type is dropped without a word. */
const TYPES: Readonly<Record<string, { readonly needs: readonly string[]; readonly numbers?: readonly string[] }>> = {
  A: { needs: ['address'] },
  AAAA: { needs: ['address'] },
  CNAME: { needs: ['cname'] },
  FWD: { needs: ['forward-to'] },
  MX: { needs: ['mx-exchange'], numbers: ['mx-preference'] },
  NS: { needs: ['ns'] },
  NXDOMAIN: { needs: [] },
  SRV: { needs: ['srv-target'], numbers: ['srv-port', 'srv-priority', 'srv-weight'] },
  TXT: { needs: ['text'] },
};

const VALUE_FIELDS = Object.values(TYPES).flatMap(({ needs, numbers = [] }) => [...needs, ...numbers]);

const optionalText = { type: text, emptyClears: true } as const;

const number: FieldType = integer(0, 65_535);

/** Names that the router answers itself. */
export const ipDnsStatic: MenuDefinition = {
  path: '/ip/dns/static',
  kind: 'list',
  noun: 'static dns entry',
  nameField: 'name',
  ordered: true,
  fields: {
    address: { type: ipAddress },
    'address-list': optionalText,
    cname: optionalText,
    comment,
    disabled,
    dynamic,
    'forward-to': { type: forwarder(), emptyClears: true },
    'match-subdomain': { type: boolean },
    'mx-exchange': optionalText,
    'mx-preference': { type: number },
    name: optionalText,
    ns: optionalText,
    regexp: optionalText,
    'srv-port': { type: number },
    'srv-priority': { type: number },
    'srv-target': optionalText,
    'srv-weight': { type: number },
    text: optionalText,
    ttl: { type: duration(), default: '1d' },
    type: { type: word(...Object.keys(TYPES)), default: 'A' },
  },
  seed: () => [{ name: 'router.lan', address: '192.168.88.1', comment: 'defconf' }],
  prepare: complete,
  collision: (candidate, others) =>
    candidate['disabled'] !== 'true' && others.some((other) => isSame(candidate, other))
      ? 'entry already exists'
      : undefined,
  view: (row, _item, router) => {
    if (row['type'] !== 'A' || isAtLeast(router.version, TYPE_OF_A_SINCE)) return row;
    const { type: _untold, ...rest } = row;
    return rest;
  },
};

/** Checks the name, drops values of other types and asks for those of its own. */
function complete({ kind, after, given }: Change): void {
  if (kind === 'remove') return;
  if (after['name'] !== undefined && after['regexp'] !== undefined) throw failure('only name or regexp allowed');
  if (after['name'] === undefined && after['regexp'] === undefined) throw missingArgument('name');
  // An address of the other family says which type is meant.
  const isIpv6 = after['address']?.includes(':') === true;
  if (!given.has('type') && after['type'] === 'A' && isIpv6) after['type'] = 'AAAA';
  const type = after['type'] ?? 'A';
  const { needs = [], numbers = [] } = TYPES[type] ?? {};
  for (const field of VALUE_FIELDS) if (!needs.includes(field) && !numbers.includes(field)) delete after[field];
  for (const field of numbers) after[field] ??= '0';
  const lacking = needs.find((field) => (after[field] ?? '') === '');
  if (lacking !== undefined) throw type === 'MX' ? failure('bad MX data') : missingArgument(lacking);
  if (needs.includes('address') && (type === 'AAAA') !== isIpv6) throw invalidValue('address');
}

/** Name, type and value make an entry what it is; its time and comment do not. */
function isSame(candidate: Values, { values }: Item): boolean {
  const fields = ['name', 'regexp', 'type', ...VALUE_FIELDS];
  return values['disabled'] !== 'true' && fields.every((field) => candidate[field] === values[field]);
}

/** Where questions are forwarded: an address, or the name of a row of `/ip/dns/forwarders`. */
function forwarder(): FieldType {
  return {
    kind: 'text',
    parse: (input, _field, router) => (isIpAddress(input) ? ipAddress.parse(input, 'forward-to', router) : input),
  };
}
