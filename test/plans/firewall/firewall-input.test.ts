import { expect, test } from 'vitest';
import { keyAfter, type Step } from '../../../shared/domain/change.ts';
import { firewallFilter } from '../../../shared/plans/firewall-filter.ts';
import type { RouterRecord } from '../../../shared/routeros/router.ts';
import { capture } from '../laws.ts';
import { FILTER, routerWithRules, USUAL } from './filter-router.ts';

const inputOf = (changes: readonly object[], more: object = {}) => firewallFilter.input.parse({ changes, ...more });
const refusalOf = (changes: readonly object[], more: object = {}): string | null =>
  firewallFilter.refuse?.(inputOf(changes, more)) ?? null;

async function planned(changes: readonly object[], rules: readonly RouterRecord[] = USUAL): Promise<Step[]> {
  const input = inputOf(changes);
  return firewallFilter.steps(await capture(firewallFilter, routerWithRules(rules), input), input);
}

const ntp = { action: 'accept', protocol: 'udp', dstPort: '123' };
const add = (rule: object, chain = 'forward', ruleId = 'ntp', place: unknown = 'top'): object => ({
  op: 'add',
  chain,
  ruleId,
  rule,
  place,
});

test.each([
  [
    'ports without a protocol',
    add({ action: 'accept', dstPort: '53' }),
    /changes\[0\]\.rule: srcPort and dstPort need protocol tcp or udp/,
  ],
  ['a way out in input', add({ action: 'accept', outInterface: 'wan' }, 'input'), /input has no outInterface/],
  ['a way in in output', add({ action: 'accept', inInterfaceList: 'WAN' }, 'output'), /output has no inInterface/],
  ['a jump to nowhere', add({ action: 'jump' }), /action jump needs jumpTarget/],
  ['a jump to itself', add({ action: 'jump', jumpTarget: 'forward' }), /cannot jump to itself/],
  ['a target without a jump', add({ action: 'accept', jumpTarget: 'guests' }), /jumpTarget is for action jump only/],
  [
    'a reset of what is no tcp',
    add({ action: 'reject', rejectWith: 'tcp-reset', protocol: 'udp' }),
    /tcp-reset needs protocol tcp/,
  ],
  ['fasttrack of what goes to the router', add({ action: 'fasttrack-connection' }, 'input'), /belongs into forward/],
  [
    'an address of the other family',
    add({ action: 'accept', srcAddress: '2001:db8::/32' }),
    /"2001:db8::\/32" is no IPv4 address/,
  ],
  ['a rule placed by itself', add(ntp, 'forward', 'ntp', { after: { ruleId: 'ntp' } }), /cannot be placed by itself/],
])('refuses %s', (_what, change, sentence) => {
  expect(refusalOf([change])).toMatch(sentence);
});

test('refuses two changes of one rule, two rules at one end, and a place by a rule that goes', () => {
  const remove = { op: 'remove', chain: 'forward', rule: { ruleId: 'ntp' } };
  expect(refusalOf([add(ntp), remove])).toMatch(/changes\[1\] is about a rule that another change is about already/);
  expect(refusalOf([add(ntp), add(ntp, 'forward', 'other')])).toMatch(/only one rule can be at the top of forward/);
  expect(refusalOf([add(ntp, 'forward', 'other', { before: { ruleId: 'ntp' } }), remove])).toMatch(
    /names a rule that this plan removes/,
  );
  expect(refusalOf([add(ntp), add(ntp, 'input')])).toMatch(/is about a rule that another change is about already/);
  expect(refusalOf([add({ ...ntp, srcAddress: '2001:db8::/32' })], { family: 'ipv6' })).toBeNull();
});

test.each([
  ['a matcher that is not known', { ...ntp, content: 'secret' }],
  ['an action that is not known', { ...ntp, action: 'tarpit' }],
  ['a port that is none', { ...ntp, dstPort: '70000' }],
  ['a range that falls', { ...ntp, dstPort: '90-80' }],
  ['an address that is none', { ...ntp, srcAddress: '10.0.0.256' }],
  ['a comment of two lines', { ...ntp, comment: 'a\nb' }],
])('does not take %s', (_what, rule) => {
  expect(firewallFilter.input.safeParse({ changes: [add(rule)] }).success).toBe(false);
});

test('a fingerprint that fits several rules is refused, naming them', async () => {
  const twice = [
    ...USUAL,
    { chain: 'forward', action: 'drop', 'in-interface': 'wan', 'connection-state': 'new', comment: 'one' },
    { chain: 'forward', action: 'drop', 'in-interface': 'wan', 'connection-state': 'new' },
  ];
  const rule = { match: { action: 'drop', inInterface: 'wan', connectionState: 'new' } };
  await expect(planned([{ op: 'remove', chain: 'forward', rule }], twice)).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_AMBIGUOUS',
    message: expect.stringMatching(
      /2 filter rules have exactly .*: rule 6 \(drop in forward, "one"\); rule 7 \(drop in forward, without a comment\)/,
    ) as string,
  });
});

test('a rule with matchers that are not known is moved and removed whole, and not modified', async () => {
  const strange = { chain: 'forward', action: 'accept', 'quantum-state': 'spin-up', comment: 'convoy:strange' };
  const rules = [...USUAL, strange];
  const rule = { ruleId: 'strange' };
  await expect(
    planned([{ op: 'modify', chain: 'forward', rule, set: { action: 'drop' } }], rules),
  ).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringContaining('matches by quantum-state') as string,
  });
  expect(await planned([{ op: 'move', chain: 'forward', rule, place: 'top' }], rules)).toEqual([
    {
      op: 'move',
      menu: FILTER,
      key: { comment: 'convoy:strange' },
      before: null,
      after: { comment: 'forwarded answers' },
    },
  ]);
  expect(await planned([{ op: 'remove', chain: 'forward', rule }], rules)).toEqual([
    { op: 'remove', menu: FILTER, key: { comment: 'convoy:strange' }, values: strange, placeBefore: null },
  ]);
});

test('a rule that is not there, in another chain, or another one with the tag is refused; one that is gone is removed', async () => {
  const rule = { ruleId: 'ntp' };
  await expect(planned([{ op: 'modify', chain: 'forward', rule, set: { log: true } }])).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_MISSING',
    message: 'There is no filter rule with the tag "convoy:ntp".',
  });
  const held = [
    ...USUAL,
    { chain: 'forward', action: 'accept', protocol: 'udp', 'dst-port': '53', comment: 'by convoy:ntp' },
  ];
  await expect(planned([add(ntp)], held)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(planned([{ op: 'remove', chain: 'input', rule }], held)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('is in chain forward, not in input') as string,
  });
  expect(await planned([{ op: 'remove', chain: 'forward', rule }])).toEqual([]);
});

test('an interface or list that a router lacks is named', async () => {
  await expect(planned([add({ action: 'accept', inInterface: 'ether9' })])).rejects.toMatchObject({
    code: 'DEVICE_REFERENCE_MISSING',
    message: 'There is no interface "ether9", which inInterface names.',
  });
  await expect(planned([add({ action: 'accept', inInterfaceList: '!GUESTS' })])).rejects.toMatchObject({
    message: 'There is no interface list "GUESTS", which inInterfaceList names.',
  });
});

test('a change keeps the tag, says what the router adds by itself, and takes back what belonged to the old action', async () => {
  const held = [...USUAL, { chain: 'forward', action: 'jump', 'jump-target': 'guests', comment: 'convoy:ntp old' }];
  const set = { action: 'reject', comment: 'new', logPrefix: 'no', log: true };
  const [step] = await planned([{ op: 'modify', chain: 'forward', rule: { ruleId: 'ntp' }, set }], held);
  if (step?.op !== 'change') throw new Error('no change');
  expect(step.before).toEqual({
    action: 'jump',
    'log-prefix': null,
    log: null,
    'jump-target': 'guests',
    'reject-with': null,
    comment: 'convoy:ntp old',
  });
  expect(step.after).toEqual({
    action: 'reject',
    'log-prefix': 'no',
    log: 'true',
    'jump-target': null,
    'reject-with': 'icmp-network-unreachable',
    comment: 'convoy:ntp new',
  });
  expect(keyAfter(step)).toEqual({ comment: 'convoy:ntp new' });
});

test.each([
  ['lab', 1, 'forward', 'medium', 1],
  ['staging', 10, 'forward', 'medium', 1],
  ['lab', 11, 'forward', 'high', 1],
  ['prod', 1, 'forward', 'high', 1],
  ['lab', 1, 'input', 'high', 1],
  ['prod', 11, 'input', 'high', 3],
  ['lab', 1, 'guests', 'high', 1],
] as const)(
  'in %s with %i devices a change of chain %s is a %s risk',
  (environment, deviceCount, chain, risk, reasons) => {
    const assessed = firewallFilter.risk({ environment, deviceCount }, inputOf([add(ntp, chain)]));
    expect(assessed.risk).toBe(risk);
    expect(assessed.reasons).toHaveLength(reasons);
  },
);

test('fasttrack in front of drops is noted', () => {
  const { reasons } = firewallFilter.risk(
    { environment: 'lab', deviceCount: 1 },
    inputOf([add({ action: 'fasttrack-connection', connectionState: 'established,related' })]),
  );
  expect(reasons).toContain('connections that are fasttracked pass by all rules behind, drops included');
});
