import type { Middleware } from 'koa';
import type { Principal } from '../../shared/domain/principal.ts';

/** What the onion's layers leave for those inside. */
export interface WebState {
  correlationId: string;
  /** Where the request came from, as far as that can be believed. */
  clientAddress?: string;
  /** Present behind authentication. */
  principal?: Principal;
  /** Name of the action that was called, for the log. */
  action?: string;
  /** The route's pattern, for metrics: paths themselves are unbounded. */
  route?: string;
}

export type WebMiddleware = Middleware<WebState>;
export type WebContext = Parameters<WebMiddleware>[0];
