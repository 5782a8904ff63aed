import type { z } from 'zod';
import { Environment } from '../../domain/environment.ts';
import { PLAN_EVENTS } from '../../domain/plan-event.ts';
import {
  contradiction,
  listOf,
  oneOf,
  pattern,
  PolicyObject,
  rulesOf,
  text,
  whole,
  yesOrNo,
} from '../../domain/policy/policy-fields.ts';
import { namesPrivateHost } from './private-address.ts';

const URL_ALLOWED = 'an https:// URL without user and fragment';

const Endpoint = PolicyObject({
  url: pattern(/^https?:\/\/\S{1,2000}$/, URL_ALLOWED)
    .refine((given) => isPlain(given), { error: URL_ALLOWED })
    .describe('Where events are posted to'),
  secretFile: text(1000).describe(
    'The file with the secret that signs, `whsec_` and base64 of 24 to 64 bytes; one a line, each signs',
  ),
  events: listOf(oneOf(PLAN_EVENTS), `a list of ${PLAN_EVENTS.join(', ')}`)
    .optional()
    .describe('What it is told of; without it everything'),
  environments: listOf(oneOf(Environment.options), `a list of ${Environment.options.join(', ')}`)
    .optional()
    .describe('Of plans in these; without it all'),
  allowPrivateAddress: yesOrNo()
    .default(false)
    .describe('Whether it may be on this machine or in a private network, there also over http'),
}).superRefine(({ url, allowPrivateAddress }, context) => {
  if (allowPrivateAddress || !isPlain(url)) return;
  const parsed = new URL(url);
  if (namesPrivateHost(parsed)) {
    const message = `names a private address, ${parsed.hostname}; allowed is a public one, or "allowPrivateAddress: true" beside it`;
    contradiction(context, ['url'], message);
  } else if (parsed.protocol !== 'https:') {
    contradiction(context, ['url'], 'goes over http, where everybody on the way reads along; allowed is https');
  }
});

const Escalation = PolicyObject({
  remindAfterSeconds: whole(1, 2_592_000)
    .optional()
    .describe('A plan that waits for approval so long is told of once more'),
  escalateAfterSeconds: whole(1, 2_592_000).optional().describe('After so long it is told to `escalateTo`'),
  escalateTo: listOf(text(64), 'a list of names of endpoints')
    .optional()
    .describe('Endpoints told then, whatever else they are told of'),
}).superRefine(({ remindAfterSeconds, escalateAfterSeconds, escalateTo }, context) => {
  if (escalateTo !== undefined && escalateAfterSeconds === undefined) {
    contradiction(context, ['escalateTo'], 'has no effect without escalateAfterSeconds');
  }
  if (
    remindAfterSeconds !== undefined &&
    escalateAfterSeconds !== undefined &&
    remindAfterSeconds >= escalateAfterSeconds
  )
    contradiction(context, ['remindAfterSeconds'], 'is not before escalateAfterSeconds');
});

/** The webhooks file: every key with what it means, what it may be, and what holds without it. */
export const WebhookRules = PolicyObject({
  endpoints: rulesOf(Endpoint).describe('Who is told, by name'),
  escalation: Escalation.prefault({}).describe('When people who let a plan wait are reminded'),
}).superRefine(({ endpoints, escalation }, context) => {
  for (const name of escalation.escalateTo ?? []) {
    if (Object.hasOwn(endpoints, name)) continue;
    contradiction(context, ['escalation', 'escalateTo'], `names "${name}", which is no endpoint`);
  }
});
export type WebhookRules = z.output<typeof WebhookRules>;

function isPlain(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { username, password, hash } = new URL(given);
  return username === '' && password === '' && hash === '';
}
