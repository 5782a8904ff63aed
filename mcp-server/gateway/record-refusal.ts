import { AppError } from '../../shared/errors/app-error.ts';
import type { AccessRefusals } from '../auth/access-refusals.ts';
import type { GatewayContext } from './gateway-state.ts';

/** Runs a check that comes before every other; what it refuses to a person who is known leaves an audit event. */
export async function recordRefusal(
  refusals: AccessRefusals,
  ctx: GatewayContext,
  via: 'temporal-ui' | 'cli' | 'console',
  check: () => void | Promise<void>,
): Promise<void> {
  try {
    await check();
  } catch (error) {
    const { person, correlationId, clientAddress } = ctx.state;
    if (person !== undefined && error instanceof AppError) {
      await refusals.record({ person, via, error, method: ctx.method, path: ctx.path, correlationId, clientAddress });
    }
    throw error;
  }
}
