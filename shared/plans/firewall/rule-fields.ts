import { z } from 'zod';
import { parseAddress } from '../../routeros/ip-text.ts';
import { parsePrefix } from '../../routeros/prefixes.ts';

export const Family = z.enum(['ipv4', 'ipv6']);
export type Family = z.infer<typeof Family>;

/** Actions that a rule may be given; others, such as tarpit, are left as they are found. */
export const Action = z.enum([
  'accept',
  'drop',
  'reject',
  'log',
  'passthrough',
  'jump',
  'return',
  'fasttrack-connection',
  'add-src-to-address-list',
  'add-dst-to-address-list',
]);

/** Text of a form that is told in words only: the fields are listed many times, and patterns would be most of it. */
export const formed = (most: number, form: RegExp, sentence: string) =>
  z
    .string()
    .max(most)
    .refine((text) => form.test(text), sentence);

export const ChainName = formed(
  63,
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  'a chain is 1 to 63 letters, digits, ".", "_" or "-"',
);

/** Words of the console that stay on one line. */
const Text = (most: number) =>
  formed(most, /^[^\p{Cc}]+$/u, 'the text must not be empty and must stay on one line, without control characters');

const Name = formed(
  64,
  /^!?[^\s!,"\\\p{Cc}][^,"\\\p{Cc}]*$/u,
  'a name has no comma, quote or backslash; a "!" in front means not',
);
const Ports = formed(
  120,
  /^!?\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?){0,14}$/,
  'ports are written like "22,80,8000-8100"; a "!" means not',
)
  .refine((text) => text.split(/[!,-]/).every((part) => Number(part) <= 65_535), 'a port is 0 to 65535')
  .refine(
    (text) => text.replace('!', '').split(',').every(isRising),
    'a range of ports starts with the smaller one, such as "8000-8100"',
  );
const Address = z
  .string()
  .max(100)
  .refine(
    isAddressMatcher,
    'an address, network or range such as "192.0.2.1", "192.0.2.0/24" or "192.0.2.1-192.0.2.9"; a "!" means not',
  );
const States = formed(
  60,
  /^!?(established|invalid|new|related|untracked)(,(established|invalid|new|related|untracked)){0,4}$/,
  'states are "established", "invalid", "new", "related" and "untracked", with commas; a "!" in front means none of them',
);

/** What a rule matches, in typed fields; one that is left out matches everything. */
export const MATCH_FIELDS = {
  protocol: formed(
    21,
    /^!?[a-z0-9-]{1,20}$/,
    'a protocol is written like "tcp", "udp", "icmp" or "gre"; a "!" means not',
  ).describe('Protocol, such as "tcp"'),
  srcAddress: Address.describe('Source address, network or range'),
  dstAddress: Address.describe('Destination address, network or range'),
  srcAddressList: Name.describe('Name of an address list of sources'),
  dstAddressList: Name.describe('Name of an address list of destinations'),
  srcPort: Ports.describe('Source ports, such as "1024-65535"'),
  dstPort: Ports.describe('Destination ports, such as "22,80,8000-8100"'),
  inInterface: Name.describe('Interface by which packets come'),
  outInterface: Name.describe('Interface by which packets leave'),
  inInterfaceList: Name.describe('Interface list by which packets come'),
  outInterfaceList: Name.describe('Interface list by which packets leave'),
  connectionState: States.describe('Connection states, such as "established,related"'),
};

/** What a rule does besides matching. */
export const EFFECT_FIELDS = {
  jumpTarget: ChainName.describe('Chain to jump to; with action jump'),
  rejectWith: formed(
    40,
    /^(icmp-[a-z-]{4,30}|tcp-reset)$/,
    'how to reject is "tcp-reset" or the name of an ICMP message',
  ).describe('How to reject; with action reject'),
  addressList: Text(64).describe('Address list to add to; with the actions that add to one'),
  addressListTimeout: formed(
    40,
    /^(none-dynamic|none-static|(\d{1,6}[wdhms])+)$/,
    'a time is "none-dynamic", "none-static" or like "1d12h"',
  ).describe('How long it stays on that list'),
  log: z.boolean().describe('Write a line of log for each packet'),
  logPrefix: Text(64).describe('Begins those lines'),
  disabled: z.boolean().describe('Keep the rule without using it'),
  comment: Text(150).describe('Free text; the tag with the ruleId is put in front of it by itself'),
};

const FIELDS = { ...MATCH_FIELDS, ...EFFECT_FIELDS };
export type FieldName = keyof typeof FIELDS;

/** A rule as it is wanted. */
export const RuleFields = z.strictObject({
  action: Action.describe('What happens to packets that match'),
  ...(optionalEach(FIELDS) as { [Field in FieldName]: z.ZodOptional<(typeof FIELDS)[Field]> }),
});
export type RuleFields = z.infer<typeof RuleFields>;

/** Fields that change; null takes one back. */
export const RuleChanges = z
  .strictObject({
    action: Action.optional().describe('What happens to packets that match'),
    ...(nullableEach(FIELDS) as { [Field in FieldName]: z.ZodOptional<z.ZodNullable<(typeof FIELDS)[Field]>> }),
  })
  .refine((set) => Object.values(set).some((value) => value !== undefined), 'give at least one field to set');
export type RuleChanges = z.infer<typeof RuleChanges>;

/** Everything a rule matches, and its action: a field that is left out must be absent from the rule. */
export const Fingerprint = z.strictObject({
  action: Action.describe('The action of the rule'),
  ...(optionalEach(MATCH_FIELDS) as {
    [Field in keyof typeof MATCH_FIELDS]: z.ZodOptional<(typeof MATCH_FIELDS)[Field]>;
  }),
});
export type Fingerprint = z.infer<typeof Fingerprint>;

function optionalEach(fields: Record<string, z.ZodType>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.optional()]));
}

function nullableEach(fields: Record<string, z.ZodType>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.nullable().optional()]));
}

function isAddressMatcher(text: string): boolean {
  const [from = '', to, ...more] = text.replace(/^!/, '').split('-');
  if (to === undefined) return parsePrefix(from) !== null;
  const [first, last] = [parseAddress(from), parseAddress(to)];
  return more.length === 0 && first !== null && last?.family === first.family && first.value <= last.value;
}

function isRising(part: string): boolean {
  const [from, to = from] = part.split('-').map(Number);
  return from !== undefined && to !== undefined && from <= to;
}
