import type { ServerContext } from '@modelcontextprotocol/server';
import type { Progress } from '../call/action.ts';
import { createThrottle } from '../call/throttle.ts';

/** Four a second: more than a person sees. */
const INTERVAL_MS = 250;

/** Sends progress to a client that asked for it; nothing is sent after `end`. */
export interface ProgressNotifier {
  report: (progress: Progress) => void;
  end: () => void;
}

const SILENT: ProgressNotifier = { report: () => {}, end: () => {} };

/** As the protocol wants it: only with the client's token, never backwards, and not oftener than anybody can read. */
export function createProgressNotifier({ mcpReq }: Pick<ServerContext, 'mcpReq'>): ProgressNotifier {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return SILENT;
  let last = -1;
  const throttle = createThrottle<Progress>(INTERVAL_MS, ({ done, total, message }) => {
    if (done <= last) return;
    last = done;
    const params = { progressToken, progress: done, total, message };
    // A client that is gone needs none.
    void mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  });
  return { report: throttle.push, end: throttle.stop };
}
