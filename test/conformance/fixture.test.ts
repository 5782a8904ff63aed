import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../support/listed-tools.ts';
import { startFixture } from './fixture/start-fixture.ts';
import { failuresOf, runSuite, type SuiteRun } from './run-suite.ts';

/**
 * The official suite on the product's own HTTP stack. What it calls are test tools, so a fixture's server is behind the
 * stack; nothing is expected to fail.
 */
let fixture: Awaited<ReturnType<typeof startFixture>>;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

/** What is optional and not offered here; the suite runs it all the same. Resuming a broken stream takes an event store. */
const NOT_OFFERED = /^(tasks-|server-sse-polling$)/;

describe.each(['2026-07-28', '2025-11-25'] as const)('the requirements of %s', (revision) => {
  let run: SuiteRun;
  beforeAll(async () => {
    run = await runSuite(fixture.mcpUrl, revision);
  });

  it('are all met', () => {
    const checks = run.checks.filter(({ scenario }) => !NOT_OFFERED.test(scenario));
    expect(failuresOf(checks)).toEqual([]);
    expect(run.exitCode).toBe(0);
  });

  it('were really looked at', () => {
    expect(run.scenarios.length).toBeGreaterThan(30);
    const looked = new Set(run.checks.filter(({ status }) => status === 'SUCCESS').map(({ scenario }) => scenario));
    expect(run.scenarios.filter((scenario) => !looked.has(scenario) && !NOT_OFFERED.test(scenario))).toEqual([]);
  });
});

it('none of the tools it calls is in the product', async () => {
  const response = await fetch(fixture.mcpUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/list',
      params: {
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  });
  const { result } = (await response.json()) as { result: { tools: { name: string }[] } };
  expect(result.tools.length).toBeGreaterThan(20);
  expect(result.tools.filter(({ name }) => catalogue.actions.some((action) => action.name === name))).toEqual([]);
});
