import { createHash, hkdfSync } from 'node:crypto';
import {
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { canonicalJson } from '../../../shared/domain/canonical-json.ts';
import type { Confirm } from '../../call/confirm-first.ts';
import { capabilitiesOf, knowsForms } from '../client-capabilities.ts';
import { factsOf } from '../request-facts.ts';

/** One call of a tool that may ask the client's person to confirm. */
export interface Confirmation {
  /** Undefined for a client that has no forms: nobody is asked there. */
  confirm: Confirm | undefined;
  /** The question to answer the request with, once `confirm` had to ask. */
  question: () => InputRequiredResult | null;
}

export interface Confirmations {
  /** Fails with -32602 when the request carries a state that was not made for this caller, tool and arguments. */
  begin(ctx: ServerContext, tool: string, given: unknown): Promise<Confirmation>;
}

/** Time to answer, seconds. */
const TTL_SECONDS = 300;
const QUESTION = 'confirm';
const FORM = z.object({ confirm: z.boolean().meta({ title: 'Yes, do it' }) });

interface State {
  tool: string;
  /** Of the arguments. */
  digest: string;
}

/**
 * Asks by the multi-round-trip requests of 2026-07-28. Between question and answer the state is with the client, signed, so
 * any process can take the answer. A client may answer by itself: this guards against a mistaken model and approves nothing.
 */
export function createConfirmations(callSecret: Buffer): Confirmations {
  const codec = createRequestStateCodec<State>({
    key: new Uint8Array(hkdfSync('sha256', callSecret, '', 'convoy confirmation', 32)),
    ttlSeconds: TTL_SECONDS,
    bind: (ctx) => factsOf(ctx.http?.authInfo).principal.sub,
  });

  async function demandGenuine(state: string, ctx: ServerContext, expected: State): Promise<void> {
    const opened = await codec.verify(state, ctx).catch(() => null);
    if (opened?.tool === expected.tool && opened.digest === expected.digest) return;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid or expired requestState', {
      reason: 'invalid_request_state',
    });
  }

  return {
    async begin(ctx, tool, given) {
      const expected = { tool, digest: digestOf(given) };
      const state = ctx.mcpReq.requestState<string>();
      if (state !== undefined) await demandGenuine(state, ctx, expected);
      let asked: InputRequiredResult | null = null;
      const confirm: Confirm = async ({ message }) => {
        const answer = state === undefined ? 'missing' : answerOf(ctx);
        if (answer !== 'missing') return answer;
        asked = inputRequired({
          inputRequests: { [QUESTION]: inputRequired.elicit({ message, requestedSchema: FORM }) },
          requestState: await codec.mint(expected, ctx),
        });
        return 'undecided';
      };
      return { confirm: knowsForms(capabilitiesOf(ctx)) ? confirm : undefined, question: () => asked };
    },
  };
}

function answerOf({ mcpReq }: ServerContext): 'given' | 'refused' | 'undecided' | 'missing' {
  const answer = inputResponse(mcpReq.inputResponses, QUESTION);
  if (answer.kind !== 'elicit') return 'missing';
  if (answer.action === 'cancel') return 'undecided';
  return answer.action === 'accept' && answer.content?.['confirm'] === true ? 'given' : 'refused';
}

function digestOf(given: unknown): string {
  return createHash('sha256').update(canonicalJson(given)).digest('base64url');
}
