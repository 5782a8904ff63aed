import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Logger } from 'pino';
import { FAILURE_CONVERTER_FILE } from '../shared/platform/temporal/data-converter.ts';

/** Folders of ours that workflow code may be made of; everything else in a bundle is a mistake in an import. */
export const BUNDLE_MAY_CONTAIN = ['workflows/', 'shared/contract/', 'shared/domain/', 'shared/errors/'] as const;

/** Bundles the workflows for the sandbox. */
export async function bundleWorkflows(logger?: Logger): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    workflowInterceptorModules: ['interceptors.ts', 'tracing.ts'].map((file) =>
      fileURLToPath(new URL(`../workflows/${file}`, import.meta.url)),
    ),
    // What a workflow fails with is made inside the sandbox; payloads are sealed outside of it.
    failureConverterPath: FAILURE_CONVERTER_FILE,
    logger: {
      log: () => undefined,
      trace: () => undefined,
      debug: () => undefined,
      info: () => undefined,
      warn: (message, meta) => logger?.warn({ ...meta }, message),
      error: (message, meta) => logger?.error({ ...meta }, message),
    },
  });
}
