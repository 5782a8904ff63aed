import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadAccessMapping, openAccessMapping } from '../../../mcp-server/auth/access-file.ts';
import type { AccessRule } from '../../../shared/domain/access-file.ts';
import { createAccessMapping } from '../../../shared/domain/access-mapping.ts';
import type { AppError } from '../../../shared/errors/app-error.ts';
import type { TakenAccessFile } from '../../../shared/platform/persistence/stores/access-file-store.ts';
import { uniqueName } from '../../support/unique-name.ts';
import { waitUntil } from '../../support/wait-until.ts';

async function written(yaml: string): Promise<string> {
  const file = path.join(tmpdir(), `${uniqueName('access')}.yaml`);
  await writeFile(file, yaml);
  onTestFinished(() => rm(file, { force: true }));
  return file;
}

async function load(yaml: string) {
  return loadAccessMapping(await written(yaml));
}

it('names the claims by which it answers, and no others', () => {
  const rule = { roles: ['viewer' as const], devices: { all: true as const } };
  const mapping = createAccessMapping({
    rules: [
      { ...rule, when: { claim: 'groups', equals: 'noc' } },
      { ...rule, when: { claim: 'realm_access.roles', equals: 'net' } },
      { ...rule, when: { claim: ['https://x.test/claims', 'team'], equals: 'net' } },
    ],
  });
  const told = {
    sub: 'ada',
    email: 'ada@example.test',
    email_verified: true,
    groups: ['noc'],
    realm_access: { roles: ['net'] },
    'realm_access.roles': 'net',
    'https://x.test/claims': { team: 'net' },
  };
  expect(mapping.relevantOf({ ...told, phone_number: '+43 1 234', jti: '1' })).toEqual(told);
});

it('gives nothing to whom no rule matches', () => {
  const mapping = createAccessMapping({ rules: [] });
  expect(mapping.accessOf({ email: 'a@convoy.test' })).toEqual({ roles: [], grants: [] });
});

it('keeps the roles and devices of each rule that matches together', async () => {
  const mapping = await load(`
rules:
  - { when: { claim: sub, equals: a }, roles: [viewer], devices: [{ environments: [lab] }] }
  - { when: { claim: groups, equals: net }, roles: [operator, viewer], devices: [{ tags: [north] }] }
  - { when: { claim: groups, equals: other }, roles: [admin], devices: { all: true } }
`);
  expect(mapping.accessOf({ sub: 'a', groups: ['net', 'x'] })).toEqual({
    roles: ['viewer', 'operator'],
    grants: [
      { rule: 'rule 1', roles: ['viewer'], devices: [{ environments: ['lab'] }] },
      { rule: 'rule 2', roles: ['operator', 'viewer'], devices: [{ tags: ['north'] }] },
    ],
  });
});

it('reads nested claims by a dotted path, and names that contain dots as they are', async () => {
  const mapping = await load(`
rules:
  - { when: { claim: realm_access.roles, equals: net-admin }, roles: [admin], devices: { all: true } }
  - { when: { claim: "https://convoy.example/role", equals: auditor }, roles: [auditor], devices: { all: true } }
`);
  expect(mapping.accessOf({ realm_access: { roles: ['net-admin'] } }).roles).toEqual(['admin']);
  expect(mapping.accessOf({ 'https://convoy.example/role': 'auditor' }).roles).toEqual(['auditor']);
  expect(mapping.accessOf({ realm_access: 'roles' }).roles).toEqual([]);
});

it('takes a list of names for a path whose names hold dots', async () => {
  const mapping = await load(`
rules:
  - { when: { claim: [resource_access, my.client, roles], equals: net }, roles: [viewer], devices: { all: true } }
`);
  expect(mapping.accessOf({ resource_access: { 'my.client': { roles: ['net'] } } }).roles).toEqual(['viewer']);
  expect(mapping.accessOf({ resource_access: { my: { client: { roles: ['net'] } } } }).roles).toEqual([]);
});

it('wants all of several conditions, and names the rule in its grant', async () => {
  const mapping = await load(`
rules:
  - name: night shift
    when: [{ claim: groups, equals: net }, { claim: shift, equals: 3 }]
    roles: [operator]
    devices: [{ ids: [dev_1] }]
  - { when: { claim: sub, equals: ada }, roles: [viewer], devices: { all: true } }
`);
  expect(mapping.accessOf({ groups: ['net'], shift: '3' }).grants).toEqual([]);
  expect(mapping.accessOf({ groups: ['net'], shift: 3, sub: 'ada' }).grants).toEqual([
    { rule: 'night shift', roles: ['operator'], devices: [{ ids: ['dev_1'] }] },
    { rule: 'rule 2', roles: ['viewer'], devices: [{ all: true }] },
  ]);
});

describe('an e-mail address', () => {
  const rules: AccessRule[] = [
    { when: { claim: 'email', equals: 'a@x.test' }, roles: ['admin'], devices: { all: true } },
  ];
  it.each([
    ['that the provider verified', { email: 'a@x.test', email_verified: true }, ['admin'], ['admin']],
    ['written in other letters', { email: 'A@X.test', email_verified: 'true' }, ['admin'], ['admin']],
    ['of which the provider says nothing', { email: 'a@x.test' }, [], ['admin']],
    ['that is not verified', { email: 'a@x.test', email_verified: false }, [], []],
    ['of somebody else', { email: 'b@x.test', email_verified: true }, [], []],
  ])('%s', (_, claims, believed, trusting) => {
    expect(createAccessMapping({ rules }).accessOf(claims).roles).toEqual(believed);
    expect(createAccessMapping({ rules, trustUnverifiedEmail: true }).accessOf(claims).roles).toEqual(trusting);
  });
});

it('gives what a client may do for itself to services, not to everybody who comes by it', () => {
  const when = { claim: 'client_id', equals: 'backup' };
  const rule: AccessRule = { when, roles: ['viewer'], devices: { all: true } };
  const mapping = createAccessMapping({ rules: [rule] });
  expect(mapping.accessOf({ client_id: 'backup' }).roles).toEqual(['viewer']);
  expect(mapping.accessOf({ azp: 'backup' }).roles).toEqual(['viewer']);
  expect(mapping.accessOf({ client_id: 'backup', sub: 'ada' }).roles).toEqual([]);
  const both = createAccessMapping({ rules: [{ ...rule, when: [when, { claim: 'groups', equals: 'net' }] }] });
  expect(both.accessOf({ client_id: 'backup', sub: 'ada', groups: ['net'] }).roles).toEqual(['viewer']);
});

describe('refuses a file', () => {
  const rule = (more: string): string => `rules: [{ when: { claim: sub, equals: a }, ${more} }]`;
  const broken = {
    'with an unknown key': ['rules: []\nextra: 1', /line 2: extra is not known here; allowed is rules,/],
    'with an unknown role': [
      rule('roles: [boss], devices: { all: true }'),
      /given "boss", allowed is viewer, operator,/,
    ],
    'with a role that is nearly one': [rule('roles: [viewr], devices: { all: true }'), /Did you mean viewer\?/],
    'with a grant that grants nothing in particular': [
      rule('roles: [viewer], devices: [{}]'),
      /devices\[0\]: given \{\}/,
    ],
    'with a grant of all that is narrowed': [
      rule('roles: [viewer], devices: [{ all: true, tags: [x] }]'),
      /either "all: true", or at least one/,
    ],
    'with an empty scope': [rule('roles: [viewer], devices: []'), /devices: given \[\], allowed is/],
    'with an empty list of tags': [rule('roles: [viewer], devices: [{ tags: [] }]'), /devices\[0\]\.tags: given \[\]/],
    'with an unknown environment': [
      rule('roles: [viewer], devices: [{ environments: [live] }]'),
      /given "live", allowed is lab, staging, prod/,
    ],
    'with a role without devices': [
      rule('roles: [viewer]'),
      /devices is missing; .* a role without devices is no role/,
    ],
    'with two rules of one name': [
      'rules:\n- &r { name: x, when: { claim: a, equals: b }, roles: [viewer], devices: { all: true } }\n- *r',
      /rules\[1\]\.name: given "x", allowed is a name that no other rule has/,
    ],
    'without rules': ['{}', /rules is missing/],
    'that is empty': ['', /rules is missing/],
    'that is no YAML': ['rules: [', /line 1: /],
  } as const;
  it.each(Object.entries(broken))('%s', async (_, [yaml, says]) => {
    await expect(load(yaml)).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
    await expect(load(yaml)).rejects.toThrow(says);
  });

  it('with all of its errors at once, each with its line', async () => {
    const yaml = `rules:
  - name: one
    when: { claim: groups, equals: net, is: x }
    roles: [boss]
    devices: { all: true }
  - when: { claim: 7, equals: net }
    roles: [viewer]
    devices:
      - tags: [north]
        colour: red
`;
    await expect(load(yaml)).rejects.toMatchObject({
      details: {
        problems: [
          expect.stringMatching(/^line 3: rules\[0\]\.when\.is is not known here; allowed is claim and equals/),
          expect.stringMatching(/^line 4: rules\[0\]\.roles\[0\]: given "boss"/),
          expect.stringMatching(/^line 6: rules\[1\]\.when\.claim: given 7, allowed is the name of a claim/),
          expect.stringMatching(/^line 10: rules\[1\]\.devices\[0\]\.colour is not known here/),
        ],
      },
    });
  });

  it('that does not exist', async () => {
    await expect(loadAccessMapping('/nowhere/access.yaml')).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
  });
});

describe('while a process runs', () => {
  const ruleFor = (role: string): string =>
    `rules: [{ when: { claim: sub, equals: ada }, roles: [${role}], devices: { all: true } }]`;

  async function opened(yaml: string) {
    const file = await written(yaml);
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const mapping = await openAccessMapping({ file, log, lookMs: 20 });
    onTestFinished(() => mapping.close());
    return { file, log, mapping, rolesNow: () => mapping.accessOf({ sub: 'ada' }).roles };
  }

  it('takes a file anew that was changed', async () => {
    const { file, rolesNow } = await opened(ruleFor('viewer'));
    expect(rolesNow()).toEqual(['viewer']);
    await writeFile(file, ruleFor('operator'));
    await waitUntil('the new roles', () => rolesNow().includes('operator'));
    await writeFile(file, 'rules: []');
    await waitUntil('no roles', () => rolesNow().length === 0);
  });

  it('keeps what it has when the new file cannot be used, and says why', async () => {
    const { file, log, mapping, rolesNow } = await opened(ruleFor('viewer'));
    await writeFile(file, ruleFor('boss'));
    await mapping.reload();
    expect(rolesNow()).toEqual(['viewer']);
    const [said] = log.error.mock.calls[0] as [{ err: AppError }];
    expect(said.err.details).toMatchObject({ problems: [expect.stringContaining('given "boss"')] });
    await rm(file);
    await mapping.reload();
    expect(rolesNow()).toEqual(['viewer']);
  });

  it('says of each content from when on it is known to hold', async () => {
    const former = await written(ruleFor('admin'));
    const { file, mapping } = await opened(ruleFor('viewer'));
    const taken: TakenAccessFile[] = [];
    mapping.onTaken((one) => taken.push(one));
    const [first] = taken;
    await mapping.reload();
    expect(taken.at(-1)?.since).toEqual(first?.since);
    // Put back by moving it there: its content is as old as before.
    await utimes(former, 0, 0);
    await rename(former, file);
    await mapping.reload();
    const latest = taken.at(-1);
    expect(latest?.content.rules[0]?.roles).toEqual(['admin']);
    expect(latest?.since.getTime()).toBeGreaterThanOrEqual(first?.since.getTime() ?? Infinity);
    const again = await openAccessMapping({ file, log: { info: vi.fn(), warn: vi.fn(), error: vi.fn() } });
    onTestFinished(() => again.close());
    again.onTaken((one) => taken.push(one));
    // A process that starts knows when the file was moved there.
    expect(taken.at(-1)?.since.getTime()).toBeGreaterThanOrEqual(first?.since.getTime() ?? Infinity);
  });

  it('warns of a file that believes every address', async () => {
    const { log } = await opened('{ rules: [], trustUnverifiedEmail: true }');
    expect(log.warn).toHaveBeenCalledOnce();
  });
});
