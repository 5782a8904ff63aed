import { createHash } from 'node:crypto';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it, test } from 'vitest';
import { inputSchemaOf, type JsonSchema } from '../../mcp-server/call/json-schema.ts';
import { Role } from '../../shared/domain/principal.ts';
import { isToolset } from '../../shared/operations/toolsets.ts';
import { PLAN_KINDS } from '../../shared/plans/index.ts';
import { ALL_TOOLSETS, catalogue, listedTools, READ_ONLY, toolAlone } from '../support/listed-tools.ts';

/**
 * What models are told. A description that changes makes clients behave differently, so every change is seen by whoever
 * reviews: `npx vitest run test/pins/tools.test.ts -u`, and say in the CHANGELOG what changed for clients.
 */
describe('who is shown what, in which order', () => {
  test.each(Role.options)('%s', async (role) => {
    const names = (choice?: typeof READ_ONLY) => listedTools(role, choice).map(({ name }) => name);
    const lists = { default: names(), readonly: names(READ_ONLY), all: names(ALL_TOOLSETS) };
    await expect(`${JSON.stringify(lists, null, 2)}\n`).toMatchFileSnapshot(`tools/${role}.json`);
  });
});

test('every tool is described as it was reviewed', async () => {
  const hashes = Object.fromEntries(listedTools('admin', ALL_TOOLSETS).map(({ name }) => [name, hashOf(name)]));
  await expect(`${JSON.stringify(hashes, null, 2)}\n`).toMatchFileSnapshot('tools/hashes.json');
});

/** Of name, title, description, schemas and annotations. */
function hashOf(name: string): string {
  return createHash('sha256')
    .update(JSON.stringify(toolAlone(name)))
    .digest('hex')
    .slice(0, 16);
}

describe('what a list costs', () => {
  it('is at most 40 tools and 12,000 tokens for the widest role', () => {
    const tools = listedTools('admin');
    expect(tools.length).toBeLessThanOrEqual(40);
    expect(tokensOf(tools), mostExpensive(tools)).toBeLessThanOrEqual(12_000);
  });

  it('is at most 300 tokens a tool where everything is listed, besides the proposals', () => {
    const tools = listedTools('admin', ALL_TOOLSETS).filter(({ name }) => !isProposal(name));
    expect(tokensOf(tools) / tools.length, mostExpensive(tools)).toBeLessThanOrEqual(300);
  });

  it('is at most 1,200 tokens a proposal, and 2,700 for that of whole firewall rules', () => {
    const proposals = listedTools('admin', ALL_TOOLSETS).filter(({ name }) => isProposal(name));
    expect(proposals.map(({ name }) => name)).toEqual(PLAN_KINDS.map(({ kind }) => `plan_${kind}`));
    for (const tool of proposals) {
      const most = tool.name === 'plan_firewall_filter' ? 2_700 : 1_200;
      expect(tokensOf(tool), mostExpensive(proposals)).toBeLessThanOrEqual(most);
    }
  });
});

function isProposal(name: string): boolean {
  return PLAN_KINDS.some(({ kind }) => name === `plan_${kind}`);
}

function tokensOf(value: unknown): number {
  return countTokens(JSON.stringify(value));
}

function mostExpensive(tools: readonly { name: string }[]): string {
  const costs = tools.map((tool) => [tool.name, tokensOf(tool)] as const).toSorted(([, one], [, other]) => other - one);
  return costs
    .map((cost) => cost.join(' '))
    .slice(0, 12)
    .join(', ');
}

test('a short list tells whole schemas, a long one what may be given and the names of what comes back', () => {
  const long = listedTools('admin', ALL_TOOLSETS).find(({ name }) => name === 'list_dhcp_leases');
  const short = toolAlone('list_dhcp_leases');
  const limit = { type: 'integer', minimum: 1, maximum: 1000 };
  expect(short.inputSchema.properties).toMatchObject({ limit, server: { type: 'string', maxLength: 128 } });
  expect(long?.inputSchema.properties).toMatchObject({ limit, server: { type: 'string' } });
  expect(long?.inputSchema.properties?.['server']).not.toHaveProperty('maxLength');
  const hostName = { type: ['string', 'null'], 'x-untrusted': true };
  expect(short.outputSchema?.['properties']).toMatchObject({ leases: { items: { properties: { hostName } } } });
  expect(long?.outputSchema?.['properties']).toMatchObject({ leases: { items: { properties: { hostName: {} } } } });
  expect(short.outputSchema).toHaveProperty('anyOf');
  expect(long?.outputSchema).not.toHaveProperty('anyOf');
});

const actions = catalogue.actions.filter(({ surfaces }) => surfaces.includes('mcp'));

test.each(actions)('$name keeps to what clients can take', ({ name, title, description, toolset, hints }) => {
  expect(name).toMatch(/^[a-z][a-z0-9_]{2,31}$/);
  expect(title.length).toBeLessThanOrEqual(40);
  expect(description.length).toBeLessThanOrEqual(400);
  expect(description).not.toMatch(/\p{Cc}/u);
  expect(isToolset(toolset)).toBe(true);
  expect(hints.readOnly && hints.destructive).toBe(false);
  expect(toolAlone(name)).toMatchObject({
    inputSchema: { type: 'object', additionalProperties: false },
    outputSchema: { type: 'object' },
    annotations: {
      readOnlyHint: hints.readOnly,
      destructiveHint: hints.destructive,
      idempotentHint: hints.idempotent,
      openWorldHint: hints.openWorld ?? false,
    },
  });
});

test.each(actions)('$name takes nothing without bounds, and says of every argument what it is', (action) => {
  const schema = inputSchemaOf(action);
  // `fields` takes names of an entry's own fields, and refuses others.
  expect(unbounded(schema, '').filter((path) => path !== '.fields[]')).toEqual([]);
  const silent = Object.entries(schema.properties ?? {}).filter(
    ([, field]) => typeof field['description'] !== 'string',
  );
  expect(silent.map(([name]) => name)).toEqual([]);
});

/** Paths of texts and lists that may be of any length. */
function unbounded(schema: JsonSchema, path: string): string[] {
  const { type, items, properties = {} } = schema;
  const isBounded = ['enum', 'const', 'format', 'pattern', 'maxLength'].some((keyword) => keyword in schema);
  const branches = ['anyOf', 'oneOf'].flatMap((keyword) => (schema[keyword] ?? []) as JsonSchema[]);
  return [
    ...(type === 'string' && !isBounded ? [path] : []),
    ...(type === 'array' && schema['maxItems'] === undefined ? [path] : []),
    ...(items === undefined ? [] : unbounded(items, `${path}[]`)),
    ...branches.flatMap((branch) => unbounded(branch, path)),
    ...Object.entries(properties).flatMap(([name, field]) => unbounded(field, `${path}.${name}`)),
  ];
}

test('hosts that know how ask their person before a plan is started, taken back or given up', () => {
  const asking = listedTools('admin', ALL_TOOLSETS).filter(({ _meta }) => _meta?.['anthropic/requiresUserInteraction']);
  expect(asking.map(({ name }) => name)).toEqual([
    'apply_plan',
    'cancel_plan',
    'resume_rollout',
    'abort_rollout',
    'rollback_plan',
    'retry_failed_devices',
  ]);
});

test('what makes a router talk to strangers says so', () => {
  const open = listedTools('admin', ALL_TOOLSETS).filter(({ annotations }) => annotations?.openWorldHint);
  expect(open.map(({ name }) => name)).toEqual(['read_fleet', 'ping', 'traceroute']);
});
