import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { toFailure } from '../activities/failure.ts';

/** How often a running device task says that its process lives, milliseconds. */
const HEARTBEAT_MS = 2_000;

/** Keeps the lane awake while it works, says that the process lives, and gives failures their code. */
export function laneActivityInterceptor(touch: () => void): ActivityInterceptorsFactory {
  return (context: Context) => ({
    inbound: {
      async execute(input, next) {
        touch();
        const heartbeat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
        try {
          return await next(input);
        } catch (error) {
          throw toFailure(error);
        } finally {
          clearInterval(heartbeat);
          touch();
        }
      },
    },
  });
}
