import { defineConfig } from 'vitest/config';

/** Tests that need PostgreSQL, Temporal or the identity provider, which are started once per run. */
const integration = [
  'test/activities/device/**',
  'test/activities/fleet/**',
  'test/cli/**',
  'test/e2e/**',
  'test/examples/**',
  'test/mcp-server/**',
  'test/regressions/**',
  'test/replay/**',
  'test/security/authorization/**',
  'test/shared/platform/persistence/**',
  'test/shared/platform/temporal/**',
  'test/stack/**',
  'test/worker/**',
  'test/workflows/**',
];

const testFile = (folder: string): string => folder.replace(/\*\*$/, '**/*.test.ts');

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: integration,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          // Many processes share the machine; a limit is there to end what hangs, not to judge speed.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: integration.map(testFile),
          globalSetup: ['test/support/global-setup.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
