import { findOperation } from '../../shared/operations/index.ts';
import type { Router } from '../../shared/routeros/router.ts';

/** What a read answers to this input, checked and cleaned by its schema. */
export async function read(
  name: string,
  router: Router,
  input: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const operation = findOperation(name);
  if (operation?.effect !== 'read') throw new Error(`${name} is no read`);
  return operation.output.parse(await operation.handler(router, operation.input.parse(input)));
}
