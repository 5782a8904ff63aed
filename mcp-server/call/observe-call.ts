import { toErrorBody } from '../../shared/errors/app-error.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { inSpan } from '../../shared/platform/telemetry/spans.ts';
import type { CallRequest } from './answer-call.ts';
import type { Catalogue } from './catalogue.ts';

/** Counts a call by what came of it, and has it be a span of its trace. Names nobody knows are one label. */
export async function observeCall<T>(
  metrics: Pick<Metrics, 'calls'>,
  catalogue: Catalogue,
  { name, surface }: CallRequest,
  work: () => Promise<T>,
): Promise<T> {
  const operation = catalogue.find(name, surface)?.name ?? 'unknown';
  const attributes = { 'convoy.operation': operation, 'convoy.surface': surface };
  return inSpan(`call ${operation}`, { attributes }, async () => {
    let outcome = 'ok';
    try {
      return await work();
    } catch (error) {
      outcome = toErrorBody(error).code;
      throw error;
    } finally {
      metrics.calls.inc({ operation, surface, outcome });
    }
  });
}
