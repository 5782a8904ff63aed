/**
 * Runs the tests: all of them, or those whose path holds one of the arguments (`node scripts/run-tests.ts test/stack`).
 * Other arguments go to vitest. The last line is `N passed, N failed`; the exit code is 0 only when something ran and
 * nothing failed.
 */
import { fileURLToPath } from 'node:url';
import { parseCLI, startVitest, type Reporter, type TestModule, type TestSuite } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const counts: Counts = { passed: 0, failed: 0, skipped: 0 };

try {
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
  const vitest = await startVitest(filter, {
    ...options,
    root,
    watch: false,
    reporters: ['default', counting(counts)],
  });
  await vitest.close();
} catch (error) {
  console.error(error);
  counts.failed += 1;
}
if (counts.passed + counts.failed === 0) console.error('convoy: no test ran; check the paths given');
if (counts.skipped > 0) console.log(`${counts.skipped} skipped`);
const isGood = counts.failed === 0 && counts.passed > 0;
// The exit waits for the line: on a pipe, exiting earlier could cut it off.
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`, () => process.exit(isGood ? 0 : 1));

/** Counts tests, and as failures also files and suites that could not run and errors outside of tests. */
function counting(into: Counts): Reporter {
  return {
    onTestCaseResult: (test) => {
      const { state } = test.result();
      if (state === 'passed') into.passed += 1;
      if (state === 'failed') into.failed += 1;
      if (state === 'skipped') into.skipped += 1;
    },
    onTestRunEnd: (modules, unhandledErrors) => {
      into.failed += unhandledErrors.length;
      for (const module of modules) into.failed += brokenParts(module);
    },
  };
}

function brokenParts(module: TestModule): number {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.filter((suite) => suite.errors().length > 0).length;
}
