import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { loadIdentityRules } from '../../../mcp-server/auth/identity-rules.ts';
import { loadConfig } from '../../../shared/platform/config/load-config.ts';
import { webConfig } from '../../../shared/platform/config/processes.ts';
import { uniqueName } from '../../support/unique-name.ts';

const REQUIRED = {
  CONVOY_POSTGRES_URL: 'postgres://127.0.0.1/convoy',
  CONVOY_SIGNING_KEY_FILE: 'key.pem',
  CONVOY_MASTER_KEY_FILE: 'master-key',
  CONVOY_OIDC_ISSUER: 'https://idp.example',
  CONVOY_ACCESS_FILE: 'access.yaml',
};
const TEAM = { CONVOY_CLOUDFLARE_ACCESS_TEAM: 'acme', CONVOY_CLOUDFLARE_ACCESS_AUDIENCE: 'a'.repeat(64) };

const load = async (env: Record<string, string>) => loadIdentityRules(loadConfig(webConfig, { ...REQUIRED, ...env }));

it('believes JWT access tokens alone unless it is told to believe more', async () => {
  expect(await load({})).toEqual({ subjectClaim: 'sub' });
});

it('takes what is configured', async () => {
  const file = path.join(tmpdir(), uniqueName('secret'));
  await writeFile(file, 'of a file\n');
  const rules = await load({
    ...TEAM,
    CONVOY_OIDC_SUBJECT_CLAIM: 'email',
    CONVOY_OIDC_INTROSPECTION_CLIENT_ID: 'convoy',
    CONVOY_OIDC_INTROSPECTION_SECRET_FILE: file,
    CONVOY_OIDC_ACCEPT_ID_TOKENS: 'one, two',
    CONVOY_DEFAULT_SCOPES: 'fleet:read,fleet:plan',
    CONVOY_CLOUDFLARE_ACCESS: 'identity',
  });
  const scopes = ['fleet:read', 'fleet:plan'];
  expect(rules).toEqual({
    subjectClaim: 'email',
    introspection: { clientId: 'convoy', clientSecret: 'of a file' },
    idTokens: { clientIds: ['one', 'two'], scopes },
    cloudflareAccess: {
      mode: 'identity',
      issuer: 'https://acme.cloudflareaccess.com',
      audience: 'a'.repeat(64),
      scopes,
    },
  });
});

it.each<[string, Record<string, string>, RegExp]>([
  ['a client without its secret', { CONVOY_OIDC_INTROSPECTION_CLIENT_ID: 'convoy' }, /INTROSPECTION_SECRET/],
  ['a secret without its client', { CONVOY_OIDC_INTROSPECTION_SECRET: 'x' }, /INTROSPECTION_CLIENT_ID/],
  [
    'a secret that is nowhere',
    { CONVOY_OIDC_INTROSPECTION_CLIENT_ID: 'convoy', CONVOY_OIDC_INTROSPECTION_SECRET_FILE: '/nowhere' },
    /\/nowhere cannot be read/,
  ],
  [
    'ID tokens that cannot be told from access tokens',
    { CONVOY_OIDC_AUDIENCE: 'convoy', CONVOY_OIDC_ACCEPT_ID_TOKENS: 'convoy' },
    /told apart/,
  ],
  ['Cloudflare Access of no team', { CONVOY_CLOUDFLARE_ACCESS: 'required' }, /CLOUDFLARE_ACCESS_TEAM/],
  ['one person under two names', { ...TEAM, CONVOY_CLOUDFLARE_ACCESS: 'identity' }, /SUBJECT_CLAIM=email/],
  ['scopes that only people have', { CONVOY_DEFAULT_SCOPES: 'fleet:approve' }, /CONVOY_DEFAULT_SCOPES/],
  ['a client id that is none', { CONVOY_OIDC_INTROSPECTION_CLIENT_ID: 'two words' }, /INTROSPECTION_CLIENT_ID/],
])('refuses %s', async (_, env, says) => {
  await expect(load(env)).rejects.toThrow(says);
  await expect(load(env)).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
});

it('says all that does not fit together at once, and what else is wrong beside it', async () => {
  const env = {
    CONVOY_OIDC_INTROSPECTION_SECRET: 'x',
    CONVOY_CLOUDFLARE_ACCESS: 'identity',
    CONVOY_HTTP_PORT: 'eighty',
  };
  const refusal = await load(env).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    details: {
      problems: [
        expect.stringContaining('CONVOY_HTTP_PORT: given "eighty"'),
        expect.stringContaining('CONVOY_OIDC_INTROSPECTION_CLIENT_ID goes with'),
        expect.stringContaining('needs CONVOY_CLOUDFLARE_ACCESS_TEAM'),
        expect.stringContaining('needs CONVOY_OIDC_SUBJECT_CLAIM=email'),
      ],
    },
  });
});
