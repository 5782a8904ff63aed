import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAccessMapping, loadAccessMapping } from '../../../mcp-server/auth/access-mapping.ts';
import { uniqueName } from '../../support/unique-name.ts';

async function load(yaml: string) {
  const file = path.join(tmpdir(), `${uniqueName('access')}.yaml`);
  await writeFile(file, yaml);
  return loadAccessMapping(file);
}

it('gives nothing to whom no rule matches', () => {
  const mapping = createAccessMapping({ rules: [] });
  expect(mapping.accessOf({ email: 'a@convoy.test' })).toEqual({ roles: [], grants: [] });
});

it('keeps the roles and devices of each rule that matches together', async () => {
  const mapping = await load(`
rules:
  - { when: { claim: email, equals: a@convoy.test }, roles: [viewer], devices: [{ environments: [lab] }] }
  - { when: { claim: groups, equals: net }, roles: [operator, viewer], devices: [{ tags: [north] }] }
  - { when: { claim: groups, equals: other }, roles: [admin], devices: { all: true } }
`);
  expect(mapping.accessOf({ email: 'a@convoy.test', groups: ['net', 'x'] })).toEqual({
    roles: ['viewer', 'operator'],
    grants: [
      { roles: ['viewer'], devices: [{ environments: ['lab'] }] },
      { roles: ['operator', 'viewer'], devices: [{ tags: ['north'] }] },
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

it('does not believe an e-mail address that the provider has not verified', () => {
  const rule = {
    when: { claim: 'email', equals: 'a@x.test' },
    roles: ['admin' as const],
    devices: { all: true as const },
  };
  const mapping = createAccessMapping({ rules: [rule] });
  expect(mapping.accessOf({ email: 'a@x.test', email_verified: false }).roles).toEqual([]);
  expect(mapping.accessOf({ email: 'a@x.test', email_verified: true }).roles).toEqual(['admin']);
});

describe('refuses a file', () => {
  const broken = {
    'with an unknown key': ['rules: []\nextra: 1', /extra/],
    'with an unknown role': [
      'rules: [{ when: { claim: email, equals: a }, roles: [boss], devices: { all: true } }]',
      /roles/,
    ],
    'with a grant that grants nothing in particular': [
      'rules: [{ when: { claim: email, equals: a }, roles: [viewer], devices: [{}] }]',
      /devices/,
    ],
    'without devices': ['rules: [{ when: { claim: email, equals: a }, roles: [viewer] }]', /devices/],
    'that is no YAML': ['rules: [', /access file/],
  } as const;
  it.each(Object.entries(broken))('%s', async (_, [yaml, says]) => {
    await expect(load(yaml)).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
    await expect(load(yaml)).rejects.toThrow(says);
  });

  it('that does not exist', async () => {
    await expect(loadAccessMapping('/nowhere/access.yaml')).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
  });
});
