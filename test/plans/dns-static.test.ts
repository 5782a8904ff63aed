import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { dnsStatic } from '../../shared/plans/dns-static.ts';
import { findPlanKind } from '../../shared/plans/index.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

const MENU = '/ip/dns/static';

/** Each name has records of one type or of types that go together, so that every wish can be met. */
const SUBJECTS = [
  { name: 'a.lan', type: 'A', values: ['192.0.2.1', '192.0.2.2'], field: 'address' },
  { name: 'a.lan', type: 'AAAA', values: ['2001:db8::1', '2001:db8::2'], field: 'address' },
  { name: 'c.lan', type: 'CNAME', values: ['a.lan', 'b.lan'], field: 'cname' },
  { name: 't.lan', type: 'TXT', values: ['v=one', 'v=two'], field: 'text' },
  { name: 'f.lan', type: 'FWD', values: ['192.0.2.53', '192.0.2.54'], field: 'forward-to' },
  { regexp: '\\.old\\.lan$', type: 'NXDOMAIN', values: [], field: null },
  { regexp: '\\.corp$', type: 'FWD', values: ['192.0.2.53', '192.0.2.54'], field: 'forward-to' },
] as const;

const more = fc.record(
  { ttlSeconds: fc.constantFrom(60, 86_400), matchSubdomain: fc.boolean(), comment: fc.constantFrom('one', '') },
  { requiredKeys: [] },
);

const wish = fc.record({
  records: fc.subarray([...SUBJECTS], { minLength: 1 }).chain((subjects) =>
    fc.tuple(
      ...subjects.map(({ values, ...full }) => {
        const subject = withoutField(full);
        return fc.oneof(
          fc.constant({ ...subject, state: 'absent' }),
          more.chain((rest) =>
            values.length === 0
              ? fc.constant({ ...subject, ...rest })
              : fc.constantFrom(...values).map((value) => ({ ...subject, ...rest, value })),
          ),
        );
      }),
    ),
  ),
});

/** A record as it is asked for, not as routers write it. */
function withoutField(subject: { field: string | null }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(subject).filter(([key]) => key !== 'field'));
}

const held = fc
  .shuffledSubarray([...SUBJECTS, { name: 'router.lan', type: 'A', values: ['192.168.88.1'], field: 'address' }])
  .chain((subjects) =>
    fc.tuple(
      ...subjects.map(({ field, values, ...subject }) =>
        fc
          .record({
            value: values.length === 0 ? fc.constant(undefined) : fc.constantFrom(...values),
            comment: fc.constantFrom('by hand', undefined),
            disabled: fc.constantFrom('true', 'false'),
            ttl: fc.constantFrom('1m', '1d'),
          })
          .map(({ value, comment, ...row }): Record<string, string> => ({
            ...subject,
            ...row,
            ...(value === undefined || field === null ? {} : { [field]: value }),
            ...(comment === undefined ? {} : { comment }),
          })),
      ),
    ),
  );

const FIELDS = ['name', 'regexp', 'type', 'address', 'cname', 'text', 'forward-to', 'ttl', 'comment', 'disabled'];

/** The whole menu in its order: what is undone comes back to where it was. */
async function wholeMenu(router: Router): Promise<RouterRecord[]> {
  const rows = await router.list(MENU, { fields: [...FIELDS, 'match-subdomain'] });
  return rows
    .map((row) => Object.fromEntries([...FIELDS, 'match-subdomain'].map((key) => [key, row[key] ?? ''])))
    .map(({ disabled, 'match-subdomain': subdomain, ...row }) => ({
      ...row,
      flags: `${disabled === 'true'} ${subdomain === 'true'}`,
    }));
}

async function checkLaws(router: Router, given: Record<string, unknown>): Promise<void> {
  const input = dnsStatic.input.parse(given);
  expect(dnsStatic.refuse?.(input)).toBeNull();
  const menu = await wholeMenu(router);
  const found = await capture(dnsStatic, router, input);
  const steps = dnsStatic.steps(found, input);
  await apply(router, steps);
  const once = await capture(dnsStatic, router, input);
  expect(dnsStatic.steps(once, input), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  expect(await capture(dnsStatic, router, input), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  expect(await wholeMenu(router), 'apply then undo restores, order included').toEqual(menu);
  expect(await capture(dnsStatic, router, input)).toEqual(found);
  const order = steps.map(({ op }) => ['add', 'change', 'remove'].indexOf(op));
  expect(order, 'additions before changes before removals').toEqual(order.toSorted((a, b) => a - b));
  expect(order).not.toContain(-1);
}

const routerHolding = (rows: readonly RouterRecord[]): Router =>
  cannedRouter({ [MENU]: rows.map((row, index) => ({ '.id': `*${index}`, ...row })) });

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  await fc.assert(fc.asyncProperty(held, wish, (rows, input) => checkLaws(routerHolding(rows), input)));
});

test.each(['7.12.2', '7.20.8'])('keeps the laws on a simulated router with %s', async (version) => {
  const router = await openSimulatedRouter(dnsStatic, version);
  const rows = [
    { name: 'a.lan', address: '192.0.2.1', comment: 'by hand' },
    { regexp: '\\.old\\.lan$', type: 'NXDOMAIN' },
    { name: 'c.lan', type: 'CNAME', cname: 'a.lan', disabled: 'true' },
    { regexp: '\\.corp$', type: 'FWD', 'forward-to': '192.0.2.53' },
    { name: 'a.lan', type: 'AAAA', address: '2001:db8::1', ttl: '1m' },
  ] as Record<string, string>[];
  for (const { disabled, ...row } of rows) {
    await router.add(MENU, { ...row, ...(disabled ? { disabled } : {}) }, { key: row });
  }
  await fc.assert(
    fc.asyncProperty(wish, (input) => checkLaws(router, input)),
    { numRuns: 3 },
  );
});

test('is found by its kind and needs no flag of its own', () => {
  expect(findPlanKind('dns_static')).toBe(dnsStatic);
  expect(dnsStatic.flag).toBeUndefined();
});

async function stepsFor(rows: readonly RouterRecord[], records: readonly Record<string, unknown>[]): Promise<Step[]> {
  const input = dnsStatic.input.parse({ records });
  return dnsStatic.steps(await capture(dnsStatic, routerHolding(rows), input), input);
}

test('a pattern that is removed and put back stands where it stood, in front of the next one as that is then', async () => {
  const rows = [
    { regexp: 'one', type: 'FWD', 'forward-to': '192.0.2.1', ttl: '1d' },
    { name: 'a.lan', type: 'A', address: '192.0.2.1', ttl: '1d' },
  ];
  const records = [
    { regexp: 'one', type: 'FWD', state: 'absent' },
    { name: 'a.lan', type: 'A', value: '192.0.2.2' },
  ];
  expect(await stepsFor(rows, records)).toMatchObject([
    { op: 'change', key: { name: 'a.lan', address: '192.0.2.1' }, after: { address: '192.0.2.2' } },
    { op: 'remove', placeBefore: { name: 'a.lan', address: '192.0.2.2' } },
  ]);
});

test('refuses a name with several records of the type, unless the value says which goes', async () => {
  const rows = ['192.0.2.1', '192.0.2.2'].map((address) => ({ name: 'a.lan', type: 'A', address, ttl: '1d' }));
  await expect(stepsFor(rows, [{ name: 'A.lan.', type: 'A', value: '192.0.2.1' }])).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_AMBIGUOUS',
    message: 'a.lan has 2 records of the type A.',
  });
  const steps = await stepsFor(rows, [{ name: 'a.lan', type: 'A', value: '192.0.2.2', state: 'absent' }]);
  expect(steps).toMatchObject([{ op: 'remove', key: { name: 'a.lan', address: '192.0.2.2' } }]);
});

test('refuses a CNAME beside other records, unless the plan removes them', async () => {
  const rows = [{ name: 'a.lan', type: 'A', address: '192.0.2.1', ttl: '1d' }];
  const cname = { name: 'a.lan', type: 'CNAME', value: 'b.lan' };
  await expect(stepsFor(rows, [cname])).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'a.lan has a record of the type A, beside which none of the type CNAME can stand.',
  });
  const steps = await stepsFor(rows, [cname, { name: 'a.lan', type: 'A', state: 'absent' }]);
  expect(steps.map(({ op }) => op)).toEqual(['add', 'remove']);
});

const A = { name: 'a.lan', type: 'A', value: '192.0.2.1' };

test.each([
  [[{ type: 'A', value: '192.0.2.1' }], 'give name or regexp, one of them'],
  [[{ ...A, regexp: 'a' }], 'give name or regexp, one of them'],
  [[{ ...A, name: 'a lan' }], '"a lan" is not a name of a record'],
  [[{ ...A, value: '2001:db8::1' }], 'a.lan: "2001:db8::1" is not an IPv4 address'],
  [[{ ...A, type: 'AAAA' }], 'a.lan: "192.0.2.1" is not an IPv6 address'],
  [[{ ...A, type: 'CNAME', value: 'no host' }], 'a.lan: "no host" is not a host name'],
  [[{ ...A, type: 'CNAME', value: 'A.lan' }], 'a.lan is a CNAME of itself'],
  [[{ name: 'a.lan', type: 'TXT' }], 'a.lan with the type TXT needs a value'],
  [[{ ...A, type: 'NXDOMAIN' }], 'a.lan with the type NXDOMAIN takes no value'],
  [[{ ...A, state: 'absent', comment: 'gone' }], 'a.lan is removed and takes no comment'],
  [[A, { ...A, name: 'A.LAN', value: '192.0.2.2' }], 'a.lan with the type A is given more than once'],
  [[A, { name: 'a.lan', type: 'A', state: 'absent' }], 'a.lan cannot be A present and A absent'],
  [[A, { name: 'a.lan', type: 'NXDOMAIN' }], 'a.lan cannot be A present and NXDOMAIN present'],
  [
    [{ regexp: '.*', type: 'NXDOMAIN' }],
    '".*" matches every name; anchor it to the zone that is meant, such as "\\\\.lan$"',
  ],
])('refuses %j', (records, sentence) => {
  expect(dnsStatic.refuse?.(dnsStatic.input.parse({ records }))).toBe(`records: ${sentence}`);
});

test.each([
  ['lab', 10, {}, 'medium', 'whoever asks the routers for these names gets other answers'],
  ['lab', 11, {}, 'high', '11 devices are changed, more than 10'],
  ['prod', 1, {}, 'high', 'production devices are changed'],
  ['lab', 1, { name: undefined, regexp: '\\.lan$' }, 'high', 'a pattern may match more names than are meant'],
] as const)('in %s with %i devices and %j the risk is %s', (environment, deviceCount, change, risk, reason) => {
  const input = dnsStatic.input.parse({ records: [{ ...A, ...change }] });
  expect(dnsStatic.risk({ environment, deviceCount }, input)).toEqual({ risk, reasons: [reason] });
});
