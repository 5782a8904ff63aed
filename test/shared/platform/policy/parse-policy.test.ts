import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../../../shared/domain/policy/policy.ts';
import { parsePolicy } from '../../../../shared/platform/policy/parse-policy.ts';

const NOW = Date.parse('2026-06-03T12:00:00Z');

test('an empty file is the policy of a deployment without one', () => {
  expect(parsePolicy('', NOW)).toEqual({ policy: DEFAULT_POLICY, problems: [] });
});

test('the example of the guide can be used', async () => {
  const guide = await readFile(new URL('../../../../docs/guide/policy.md', import.meta.url), 'utf8');
  const [, example = 'none'] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
  const { policy, problems } = parsePolicy(example, NOW);
  expect(problems).toEqual([]);
  expect(policy?.environments.prod).toMatchObject({ singleDeviceWrites: false, minApprovals: 2 });
});

test('tells all problems of a file at once: key, what was given, what is allowed', () => {
  const { problems } = parsePolicy(
    `
environmets: {}
environments:
  prod: { minApprovals: 9, toolsets: [dnss], planKinds: [dns_ntp] }
  lab: { singleDeviceWrites: false, toolsets: [dns] }
windows:
  Night shift: { appliesTo: { all: true }, timeZone: UTC, from: "22:00", to: "23:00" }
  a: { appliesTo: {}, timeZone: Mars/Base, from: 22:00, to: 25:00, days: [saturday] }
  b: { appliesTo: { all: true, tags: [core] }, timeZone: Europe/Berlin, from: 22:00, to: 22:00 }
  c: { timeZone: UTC, from: 22:00 }
freezes:
  d: { appliesTo: { all: true }, timeZone: UTC, firstDay: 2026-02-30, lastDay: 2026-12-24 }
  e: { appliesTo: { all: true }, timeZone: UTC, firstDay: 2026-12-24, lastDay: 2026-12-01 }
protected:
  objects:
    f: { appliesTo: { all: true } }
    g: { appliesTo: { all: true }, addresses: [10.0.0.0/33], vlans: [4095] }
quotas:
  everyone: { writesPerDay: -1 }
  roles: { operater: {}, operator: { plansPerDay: 0, openPlans: 3 } }
`,
    NOW,
  );
  expect([...problems].sort()).toMatchInlineSnapshot(`
    [
      "environments.lab.toolsets contradicts "singleDeviceWrites: false", with which no toolset writes.",
      "environments.prod.minApprovals: given 9, allowed is a whole number from 1 to 5.",
      "environments.prod.toolsets[0]: given "dnss", allowed is one of system, interfaces, addresses, dns, firewall. Did you mean dns?",
      "environmets is not known here; allowed is one of the keys environments, windows, freezes, protected, capabilities, health, quotas, autoApproval. Did you mean environments?",
      "freezes.d.firstDay: given "2026-02-30", allowed is a day of the calendar such as "2026-12-24".",
      "freezes.e.lastDay is before firstDay, which is 2026-12-24.",
      "protected.objects.f protects nothing; allowed is at least one of managementAddress, addresses, interfaces, vlans, services.",
      "protected.objects.g.addresses[0]: given "10.0.0.0/33", allowed is an address such as "192.0.2.1" or a network such as "192.0.2.0/24".",
      "protected.objects.g.vlans[0]: given 4095, allowed is a whole number from 1 to 4094.",
      "quotas.everyone.writesPerDay: given -1, allowed is a whole number from 0 to 1000000.",
      "quotas.roles.operater is not known here; allowed is quotas by role: viewer, operator, approver, auditor, admin. Did you mean operator?",
      "quotas.roles.operator.openPlans contradicts "plansPerDay: 0", with which there is never an open plan.",
      "windows.Night shift: given "Night shift", allowed is rules by name; a name is 1 to 64 lower-case letters, digits, "." or "-".",
      "windows.a.appliesTo names no device; allowed is "all: true", or environments, tags or devices.",
      "windows.a.days[0]: given "saturday", allowed is one of sun, mon, tue, wed, thu, fri, sat.",
      "windows.a.timeZone: given "Mars/Base", allowed is the IANA name of a time zone such as Europe/Berlin or UTC.",
      "windows.a.to: given "25:00", allowed is a time such as "05:30", or "24:00" for the end of the day.",
      "windows.b.appliesTo has "all: true", which contradicts the other criteria beside it.",
      "windows.b.to is the same as "from", so that the window would never open; for a whole day take "00:00" and "24:00".",
      "windows.c.appliesTo is missing; allowed is an object of all, environments, tags, devices.",
      "windows.c.to is missing; allowed is a time such as "05:30", or "24:00" for the end of the day.",
    ]
  `);
});

test.each([
  ['a: [', /^Flow sequence/],
  ['windows: {}\nwindows: {}', /^Map keys must be unique/],
  ['- prod', /^The policy: given \["prod"\], allowed is an object of environments, windows/],
])('refuses %j', (yaml, says) => {
  expect(parsePolicy(yaml, NOW)).toMatchObject({ policy: null, problems: [expect.stringMatching(says)] });
});

test('refuses a window that its exceptions keep closed, and one of environments that are never changed', () => {
  const window = 'appliesTo: { environments: [lab] }, timeZone: UTC, from: 01:00, to: 02:00';
  expect(
    parsePolicy(`windows: { w: { ${window}, exceptions: [{ firstDay: 2020-01-01, lastDay: 2040-01-01 }] } }`, NOW)
      .problems,
  ).toEqual(['windows.w does not open within 400 days; allowed are exceptions that leave some day.']);
  const idle = 'environments: { lab: { singleDeviceWrites: false, planKinds: [] } }';
  expect(parsePolicy(`${idle}\nwindows: { w: { ${window} } }`, NOW).problems).toEqual([
    'windows.w contradicts environments: in lab neither plans nor single devices are changed.',
  ]);
});
