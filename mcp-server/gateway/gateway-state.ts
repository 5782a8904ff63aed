import type Koa from 'koa';
import type { Principal } from '../../shared/domain/principal.ts';

/** What the steps of one request know of it. */
export interface GatewayState {
  correlationId: string;
  /** Where the request came from, as far as that can be believed. */
  clientAddress?: string;
  /** Set once the person is known. */
  person?: Principal;
}

export type GatewayContext = Koa.ParameterizedContext<GatewayState>;
export type GatewayMiddleware = Koa.Middleware<GatewayState>;
