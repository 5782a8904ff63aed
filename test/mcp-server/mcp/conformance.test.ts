import { describe, expect, it } from 'vitest';
import { failuresOf, runSuite } from '../../conformance/run-suite.ts';
import { addDevice } from '../support/devices.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

/**
 * What of the official suite applies to the product itself, with its own tools, resources and prompts. The rest calls test
 * tools by name; it is run on the fixture (test/conformance).
 */
const APPLICABLE = {
  '2026-07-28': [
    'caching',
    'dns-rebinding-protection',
    'http-header-validation',
    'input-required-result-unsupported-methods',
    'input-required-result-validate-input',
    'prompts-list',
    'resources-list',
    'sep-2164-resource-not-found',
    'server-sse-multiple-streams',
    'server-stateless',
    'tools-list',
  ],
  '2025-11-25': [
    'dns-rebinding-protection',
    'ping',
    'prompts-list',
    'resources-list',
    'server-initialize',
    'tools-list',
  ],
} as const;

/** What the suite says where only a test tool could show it. */
const NOT_TESTABLE = "Not testable: server does not list the diagnostic tool 'test_";

describe.each(['2026-07-28', '2025-11-25'] as const)('the product, by %s', (revision) => {
  it('meets what the official suite can see of it', async () => {
    const front = await startFrontEnd({ everybodyIs: 'operator' });
    await addDevice(front.database, 'lab-01');
    const url = front.mcpUrl.replace('127.0.0.1', 'localhost');
    const { checks } = await runSuite(url, revision);
    const applicable: readonly string[] = APPLICABLE[revision];
    const looked = checks.filter(({ scenario }) => applicable.includes(scenario));
    expect(failuresOf(looked).filter((failure) => !failure.includes(NOT_TESTABLE))).toEqual([]);
    const seen = new Set(checks.filter(({ status }) => status === 'SUCCESS').map(({ scenario }) => scenario));
    expect(applicable.filter((scenario) => !seen.has(scenario))).toEqual([]);
  });
});
