import { AppError } from '../../errors/app-error.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean } from '../../routeros/values.ts';

export const INTERFACE = '/interface';

/** The interface with this name. DEVICE_REFERENCE_MISSING when there is none, UNSAFE_OPERATION when the router made it itself. */
export async function configuredInterface(router: Router, name: string): Promise<RouterRecord> {
  const fields = ['name', 'type', 'disabled', 'dynamic', 'slave', 'comment'];
  const found = await router.list(INTERFACE, { fields, only: { name } });
  const configured = found.find((row) => !toBoolean(row['dynamic']));
  if (configured) return configured;
  if (found.length === 0) {
    throw new AppError('DEVICE_REFERENCE_MISSING', {
      message: 'The router has no interface of that name.',
      hint: 'Call list_interfaces for the names; upper and lower case differ.',
    });
  }
  throw new AppError('UNSAFE_OPERATION', {
    message: 'The router made this interface itself, so it cannot be changed.',
    hint: 'Change what it is made from, such as the server a tunnel comes in on.',
  });
}
