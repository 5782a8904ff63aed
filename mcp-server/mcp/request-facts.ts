import type { AuthInfo } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Principal, Scope } from '../../shared/domain/principal.ts';
import type { ToolsetChoice } from './toolset-choice.ts';

/** What the endpoint knows of a request, handed through the SDK's authentication info. */
export interface RequestFacts {
  principal: Principal;
  /** Who the token's bearer is by now, for what is told later; fails when the token is not good any more. */
  principalNow: () => Promise<Principal>;
  choice: ToolsetChoice;
  /** Present when ChatGPT asks, which is told of scopes in a form of its own. */
  chatGpt?: ChatGptFacts | undefined;
  correlationId: string;
  traceId?: string | undefined;
  /** Where the request came from, as far as that can be believed. */
  clientAddress?: string | undefined;
  signal: AbortSignal;
}

export interface ChatGptFacts {
  /** What may be granted for this resource: tools that need it are listed, and say so. */
  scopes: readonly Scope[];
  /** The challenge for a missing scope, when results carry it; null when HTTP does. */
  challenge: ((needed: Scope) => string) | null;
}

const Facts = z.object({
  principal: z.custom<Principal>((value) => typeof value === 'object' && value !== null),
  principalNow: z.custom<RequestFacts['principalNow']>((value) => typeof value === 'function'),
  choice: z.custom<ToolsetChoice>((value) => typeof value === 'object' && value !== null),
  chatGpt: z.custom<ChatGptFacts | undefined>((value) => value === undefined || typeof value === 'object'),
  correlationId: z.string(),
  traceId: z.string().optional(),
  clientAddress: z.string().optional(),
  signal: z.instanceof(AbortSignal),
});

/** The token itself stays with the endpoint: nothing behind it may pass it on. */
export function toAuthInfo(facts: RequestFacts, expiresAt: number): AuthInfo {
  const { clientId, scopes } = facts.principal;
  return { token: '', clientId: clientId ?? '', scopes: [...scopes], expiresAt, extra: { ...facts } };
}

export function factsOf(authInfo: AuthInfo | undefined): RequestFacts {
  return Facts.parse(authInfo?.extra);
}
