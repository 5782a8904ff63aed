import { withTasks } from '@modelcontextprotocol/ext-tasks/client';
import { onTestFinished } from 'vitest';
import { askModern, TASKS } from './modern-requests.ts';
import type { TestFrontEnd } from './start-front-end.ts';

/** The Tasks extension's own client, on requests of the 2026-07-28 revision. */
export function startTaskSession(front: Pick<TestFrontEnd, 'mcpUrl'>, token: string) {
  const session = withTasks({
    endpointId: front.mcpUrl,
    taskCapabilities: { generation: 'v2', capabilities: {} },
    async dispatch(request) {
      const { method, params } = request as { method: string; params?: Record<string, unknown> };
      const { result, error } = await askModern(front, token, { method, params: params ?? {}, capabilities: TASKS });
      return error === undefined
        ? { kind: 'result', result: result as Record<string, never> }
        : { kind: 'error', error: { code: error.code, message: error.message } };
    },
    // This server asks and tells nothing by itself.
    onServerRequest: () => () => {},
    onNotification: () => () => {},
    onInvalidated: () => () => {},
    invalidated: false,
  });
  onTestFinished(() => session.close());
  return session;
}
