import type { TestProject } from 'vitest/node';
import { startTestStack } from './start-test-stack.ts';

/** Runs once before the integration tests: starts what they share and tells the test files where it is. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { addresses, stop } = await startTestStack((line) => console.log(`[integration] ${line}`));
  project.provide('testStack', addresses);
  return stop;
}
