import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { requestJson } from './http-json.ts';

/** A router with a login that Convoy has just made. */
export const RenewedLogin = z.looseObject({
  deviceId: z.string(),
  deviceName: z.string(),
  username: z.string(),
  oldUser: z.looseObject({ username: z.string(), became: z.string() }),
  note: z.string().nullable(),
});
export type RenewedLogin = z.infer<typeof RenewedLogin>;

const Failure = z.looseObject({ code: z.string(), message: z.string(), hint: z.string().optional() });
/** What came of a call that took longer than an answer may take. */
const CallState = z.looseObject({
  callId: z.string(),
  callStatus: z.string(),
  pollAfterSeconds: z.number().optional(),
  result: RenewedLogin.optional(),
  error: Failure.optional(),
});

export interface RenewalRequest {
  apiUrl: string;
  token: string;
  /** Id or name. */
  ref: string;
  oldUser: string | undefined;
}

/** Has Convoy make a new login for a router, and waits for the end of it, however long a router is away meanwhile. */
export async function renewCredentials({ apiUrl, token, ref, oldUser }: RenewalRequest): Promise<RenewedLogin> {
  const url = `${apiUrl}/devices/${encodeURIComponent(ref)}/credentials/renewal`;
  const asked = z.union([RenewedLogin, CallState]);
  let answer = await requestJson(asked, { url, method: 'POST', token, body: { oldUser } });
  for (;;) {
    if ('deviceId' in answer) return RenewedLogin.parse(answer);
    const { callId, callStatus, result, error, pollAfterSeconds = 2 } = CallState.parse(answer);
    if (result !== undefined) return result;
    if (callStatus !== 'working') {
      const message = error?.message ?? `The call ${callId} was ${callStatus}.`;
      throw new CliError(
        error?.code ?? 'INTERNAL_ERROR',
        message,
        error?.hint === undefined ? {} : { hint: error.hint },
      );
    }
    await delay(pollAfterSeconds * 1000);
    answer = await requestJson(CallState, { url: `${apiUrl}/calls/${callId}`, method: 'GET', token });
  }
}
