import type { Router } from '../../shared/routeros/router.ts';

/** What an operation declared it would touch. */
export interface RouterScope {
  paths: readonly string[];
  effect: 'read' | 'write';
  /** Aborted before a request is sent, it is never sent. */
  signal?: AbortSignal;
  /** Asked before a write is put in line, and may ask the device; what it throws keeps the write from being sent. */
  beforeWrite?: () => Promise<void>;
  /** The same when it is the write's turn, just before it leaves; it must not ask the device, whose turn it is. */
  mayWrite?: () => Promise<void>;
}

/** The connections a lane holds to its device, behind the lane's gate. */
export interface DeviceSession {
  /** Over the kept-alive connection. */
  router(scope: RouterScope): Router;
  /** Over a connection opened for this purpose, so that management reachability is part of what is proven. */
  fresh<T>(scope: RouterScope, use: (router: Router) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
