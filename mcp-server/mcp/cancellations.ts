import { createHash } from 'node:crypto';

/** Whose request it is: ids are a client's own, and nobody may cancel by the id of another's. */
export interface RequestName {
  sub: string;
  /** Of the `Authorization` header; two clients of one person hold two tokens. */
  authorization: string;
  id: string | number;
}

/**
 * Requests of 2025 clients that are being answered by this process: such a client cancels one by a notification of its own,
 * without a session that would say which request it means. Clients of 2026 close the stream.
 */
export interface Cancellations {
  /** A signal that is aborted when the request is cancelled; `done` forgets it, and aborts what was not `answered`. */
  begin(request: RequestName): { signal: AbortSignal; done: (answered: boolean) => void };
  /** Cancels the request when it is here and there is only one of its name. */
  cancel(request: RequestName): void;
}

export function createCancellations(): Cancellations {
  const running = new Map<string, Set<AbortController>>();
  return {
    begin(request) {
      const key = keyOf(request);
      const controller = new AbortController();
      const same = running.get(key) ?? new Set();
      running.set(key, same.add(controller));
      const done = (answered: boolean) => {
        if (!answered) controller.abort();
        same.delete(controller);
        if (same.size === 0 && running.get(key) === same) running.delete(key);
      };
      return { signal: controller.signal, done };
    },
    cancel(request) {
      const [one, ...others] = running.get(keyOf(request)) ?? [];
      // Which of several is meant cannot be known, and waiting longer harms nobody.
      if (others.length === 0) one?.abort();
    },
  };
}

function keyOf({ sub, authorization, id }: RequestName): string {
  const token = createHash('sha256').update(authorization).digest('base64url');
  return JSON.stringify([sub, token, id]);
}
