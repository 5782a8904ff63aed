import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { toFailure } from '../activities/failure.ts';

/** How often a running device task says that its process lives, milliseconds. */
const HEARTBEAT_MS = 2_000;

/**
 * Says what kind of workflow uses the lane, so that it stays awake (undefined: none does), and that the process lives, and
 * gives failures their code.
 */
export function laneActivityInterceptor(
  touch: (workflowType: string | undefined) => void,
): ActivityInterceptorsFactory {
  return (context: Context) => ({
    inbound: {
      async execute(input, next) {
        const { workflowType } = context.info;
        touch(workflowType);
        const heartbeat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
        try {
          return await next(input);
        } catch (error) {
          throw toFailure(error);
        } finally {
          clearInterval(heartbeat);
          touch(workflowType);
        }
      },
    },
  });
}
