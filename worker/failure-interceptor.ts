import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from 'pino';
import { toFailure } from '../activities/failure.ts';

/** Gives every failure of a shared activity its code, and writes the ones that are nobody's refusal to the log. */
export function failureCodeInterceptor(logger: Logger): ActivityInterceptorsFactory {
  return (context) => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          // Cancellation is not a failure; Temporal recognizes it by its class.
          if (context.cancellationSignal.aborted) throw error;
          const failure = toFailure(error);
          if (failure.type === 'INTERNAL_ERROR') {
            logger.error({ err: error, activity: context.info.activityType }, 'activity failed');
          }
          throw failure;
        }
      },
    },
  });
}
