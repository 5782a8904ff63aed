import { expect, test } from 'vitest';
import { loadConfig } from '../../../../shared/platform/config/load-config.ts';
import { gatewayConfig, toolConfig, webConfig, workerConfig } from '../../../../shared/platform/config/processes.ts';
import { VARIABLES } from '../../../../shared/platform/config/variables.ts';
import type { AppError } from '../../../../shared/errors/app-error.ts';

const WEB = {
  CONVOY_POSTGRES_URL: 'postgres://convoy:hunter2@127.0.0.1:5433/convoy',
  CONVOY_SIGNING_KEY_FILE: '/keys/signing.pem',
  CONVOY_MASTER_KEY_FILE: '/keys/master.key',
  CONVOY_OIDC_ISSUER: 'http://127.0.0.1:9000',
  CONVOY_ACCESS_FILE: '/etc/convoy/access.yaml',
};

test('fills in the defaults', () => {
  expect(loadConfig(webConfig, WEB)).toEqual({
    postgresUrl: 'postgres://convoy:hunter2@127.0.0.1:5433/convoy',
    temporalAddress: '127.0.0.1:7233',
    temporalNamespace: 'convoy',
    signingKeyFile: '/keys/signing.pem',
    masterKeyFile: '/keys/master.key',
    oidcIssuer: 'http://127.0.0.1:9000',
    oidcSubjectClaim: 'sub',
    oidcKeysKeepSeconds: 86_400,
    defaultScopes: ['fleet:read'],
    cloudflareAccess: 'off',
    chatgptChallenge: 'http',
    oidcAudience: 'http://127.0.0.1:8080/mcp',
    publicUrl: 'http://127.0.0.1:8080',
    approvalUrl: 'http://127.0.0.1:8081',
    traceRatio: 1,
    drainSeconds: 25,
    readsWithoutDatabaseSeconds: 900,
    drainLeadSeconds: 1,
    httpHost: '127.0.0.1',
    metricsHost: '127.0.0.1',
    httpPort: 8080,
    accessFile: '/etc/convoy/access.yaml',
    laneIdleSeconds: 120,
    laneHeartbeatSeconds: 10,
    phase: 4,
    planExpiresSeconds: 86_400,
    addressListPrefix: 'mcp-',
    logLevel: 'info',
  });
});

test('derives the audience from the public URL unless it is given', () => {
  const env = { ...WEB, CONVOY_PUBLIC_URL: 'https://convoy.example.net/' };
  expect(loadConfig(webConfig, env).oidcAudience).toBe('https://convoy.example.net/mcp');
  expect(loadConfig(webConfig, { ...env, CONVOY_OIDC_AUDIENCE: 'fleet' }).oidcAudience).toBe('fleet');
});

test('takes 0 as no metrics port and an empty value as not set', () => {
  expect(loadConfig(webConfig, { ...WEB, CONVOY_METRICS_PORT: '0' }).metricsPort).toBeUndefined();
  expect(loadConfig(webConfig, { ...WEB, CONVOY_METRICS_PORT: '9464' }).metricsPort).toBe(9464);
  expect(loadConfig(webConfig, WEB).metricsHost).toBe('127.0.0.1');
  expect(loadConfig(webConfig, { ...WEB, CONVOY_METRICS_HOST: '0.0.0.0' }).metricsHost).toBe('0.0.0.0');
  expect(loadConfig(webConfig, { ...WEB, CONVOY_HTTP_PORT: '' }).httpPort).toBe(8080);
});

test('names every variable that is missing and what it may be', () => {
  expect(problemsOf(webConfig, {})).toEqual([
    expect.stringMatching(/^CONVOY_POSTGRES_URL is not set; allowed is a postgres:/),
    expect.stringMatching(/^CONVOY_SIGNING_KEY_FILE is not set; allowed is the path of a file\./),
    expect.stringMatching(/^CONVOY_OIDC_ISSUER is not set;/),
    expect.stringMatching(/^CONVOY_ACCESS_FILE is not set;/),
    expect.stringMatching(/^Exactly one of .* must be set; none is\.$/),
  ]);
});

test.each([
  ['CONVOY_HTTP_PORT', '80800', 'a port number from 1 to 65535'],
  ['CONVOY_HTTP_PORT', '0', 'a port number from 1 to 65535'],
  ['CONVOY_HTTP_PORT', '8e3', 'a port number from 1 to 65535'],
  ['CONVOY_PUBLIC_URL', 'https://convoy.example.net/base', 'without a path'],
  ['CONVOY_PUBLIC_URL', 'convoy.example.net', 'without a path'],
  ['CONVOY_TEMPORAL_ADDRESS', 'temporal', 'host:port'],
  ['CONVOY_TEMPORAL_HTTP_URL', 'grpc://127.0.0.1:7243', 'http:// or https:// URL'],
  ['CONVOY_PHASE', '6', 'a whole number from 0 to 5'],
  ['CONVOY_LOG_LEVEL', 'verbose', 'fatal, error, warn, info, debug, trace or silent'],
  ['CONVOY_PLAN_EXPIRES_SECONDS', '1.5', 'a whole number from 1 to 31536000'],
])('refuses %s=%s and says what was given and what is allowed', (name, value, allowed) => {
  const problems = problemsOf(webConfig, { ...WEB, [name]: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${name}: given "${value}", allowed is `);
  expect(problems[0]).toContain(allowed);
});

test('never shows a secret, not even a wrong one', () => {
  const error = refusalOf(webConfig, {
    ...WEB,
    CONVOY_POSTGRES_URL: 'mysql://convoy:hunter2@127.0.0.1/convoy',
    CONVOY_MASTER_KEY: 'hunter2-key',
  });
  expect(JSON.stringify([error.message, error.details])).not.toContain('hunter2');
  expect(error.message).toContain('CONVOY_POSTGRES_URL: given 39 characters (not shown), allowed is a postgres:');
});

test('refuses variables it does not know, with the nearest and all known ones', () => {
  const error = refusalOf(webConfig, { ...WEB, CONVOY_HTPP_PORT: '8080', CONVOY_ZZZZZZZZZZZZ: '1' });
  expect(error.code).toBe('INVALID_CONFIGURATION');
  expect(error.message).toContain('CONVOY_HTPP_PORT is not a variable Convoy knows. Did you mean CONVOY_HTTP_PORT?');
  expect(error.message).toMatch(/CONVOY_ZZZZZZZZZZZZ is not a variable Convoy knows\. (?!Did)/);
  for (const name of Object.keys(VARIABLES)) expect(error.message).toContain(name);
});

test('leaves alone variables of other processes, of the command line and of others', () => {
  const env = { ...WEB, CONVOY_MAX_LANES: '7', CONVOY_IDP_PORT: '9001', CONVOY_CLI_COLOR: 'no', PATH: '/bin' };
  expect(loadConfig(webConfig, env)).not.toHaveProperty('maxLanes');
});

test('wants exactly one source of the master keys where credentials are sealed or opened', () => {
  const { CONVOY_MASTER_KEY_FILE: _file, ...none } = WEB;
  expect(problemsOf(webConfig, none)).toEqual([expect.stringMatching(/^Exactly one of .* must be set; none is\.$/)]);
  const two = { ...WEB, CONVOY_MASTER_KEY: 'a' };
  expect(problemsOf(workerConfig, two)).toEqual([expect.stringMatching(/^Exactly one of .* must be set; 2 are\.$/)]);
});

test('names what cannot go together, beside everything else that is wrong', () => {
  const env = {
    ...WEB,
    CONVOY_DRAIN_SECONDS: '10',
    CONVOY_DRAIN_LEAD_SECONDS: '6',
    CONVOY_APPROVAL_URL: 'https://convoy.example.net',
    CONVOY_PUBLIC_URL: 'https://convoy.example.net',
    CONVOY_METRICS_PORT: '8080',
    CONVOY_LOG_LEVEL: 'verbose',
    CONVOY_HTPP_PORT: '1',
  };
  const problems = problemsOf(webConfig, env);
  expect(problems).toEqual([
    expect.stringContaining('CONVOY_HTPP_PORT is not a variable'),
    expect.stringContaining('Known are'),
    expect.stringContaining('CONVOY_LOG_LEVEL: given "verbose"'),
    expect.stringContaining('CONVOY_DRAIN_LEAD_SECONDS (6) must be at least 5 below CONVOY_DRAIN_SECONDS (10)'),
    expect.stringContaining('are both https://convoy.example.net'),
    expect.stringContaining('CONVOY_HTTP_PORT and CONVOY_METRICS_PORT are both 8080'),
  ]);
  const breaker = { CONVOY_BREAKER_COOL_DOWN_SECONDS: '60', CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS: '30' };
  expect(problemsOf(workerConfig, { ...WEB, ...breaker })).toEqual([expect.stringContaining('(60) must not be above')]);
});

test('demands of the gateway what only it needs', () => {
  expect(problemsOf(gatewayConfig, WEB).map((problem) => problem.split(' ')[0])).toEqual([
    'CONVOY_TEMPORAL_UI_URL',
    'CONVOY_COOKIE_SECRET_FILE',
  ]);
});

test('demands nothing of the command line, but refuses what is malformed there too', () => {
  const nothing = loadConfig(toolConfig, {});
  expect(Object.values(nothing).every((value) => value === undefined)).toBe(true);
  expect(loadConfig(toolConfig, { CONVOY_HOME: '/var/lib/convoy' }).home).toBe('/var/lib/convoy');
  expect(problemsOf(toolConfig, { CONVOY_APPROVAL_URL: 'x' })).toHaveLength(1);
});

type AnyConfig = Parameters<typeof loadConfig>[0];

function problemsOf(config: AnyConfig, env: NodeJS.ProcessEnv): string[] {
  return refusalOf(config, env).details?.['problems'] as string[];
}

function refusalOf(config: AnyConfig, env: NodeJS.ProcessEnv): AppError {
  try {
    loadConfig(config, env);
  } catch (error) {
    return error as AppError;
  }
  throw new Error('the configuration was accepted');
}
