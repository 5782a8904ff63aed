import type { z } from 'zod';
import { DeviceTag } from '../../domain/device.ts';
import { Environment } from '../../domain/environment.ts';
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
import { passes } from '../../domain/notice.ts';
import { QuietHours } from '../../domain/quiet-hours.ts';
import { TOLD_EVENTS } from '../../domain/told-event.ts';
import { TEMPLATES } from './chat-templates.ts';
import { namesPrivateHost } from './private-address.ts';

const URL_ALLOWED = 'an https:// URL without user and fragment';

const EVENTS_ALLOWED = `a list of ${TOLD_EVENTS.join(', ')}`;

/** Longer than a sweep over the fleet takes by default, so that all of a site that is cut off is found in it. */
const DEFAULT_GROUP_SECONDS = 360;

const Endpoint = PolicyObject({
  url: pattern(/^https?:\/\/\S{1,2000}$/, URL_ALLOWED)
    .refine((given) => isPlain(given), { error: URL_ALLOWED })
    .optional()
    .describe('Where events are posted to'),
  urlFile: text(1000)
    .optional()
    .describe('The file with the URL, in the place of `url`: chat tools put their secret into it'),
  secretFile: text(1000)
    .optional()
    .describe(
      'The file with the secret that signs, `whsec_` and base64 of 24 to 64 bytes; one a line, each signs. Chat tools check none',
    ),
  template: oneOf(TEMPLATES)
    .default('standard')
    .describe('In which form it is told: as events are, or as messages of a chat tool'),
  events: listOf(oneOf(TOLD_EVENTS), EVENTS_ALLOWED)
    .optional()
    .describe('What it is told of; without it everything but `audit.anchored`'),
  environments: listOf(oneOf(Environment.options), `a list of ${Environment.options.join(', ')}`)
    .optional()
    .describe('Of plans and devices in these; without it all'),
  tags: listOf(DeviceTag, 'a list of tags of devices')
    .optional()
    .describe('Of events of devices, those of devices with any of these; without it all'),
  groupSeconds: whole(0, 3_600)
    .default(DEFAULT_GROUP_SECONDS)
    .describe(
      'Events of one type of the devices of one site, or environment, within so many seconds are one message; 0 tells each at once',
    ),
  quietHours: QuietHours.optional().describe(
    'When it is told only of what is critical; the rest as one summary afterwards',
  ),
  allowPrivateAddress: yesOrNo()
    .default(false)
    .describe('Whether it may be on this machine or in a private network, there also over http'),
}).superRefine((endpoint, context) => {
  const { url, urlFile, secretFile, template, allowPrivateAddress } = endpoint;
  if ((url === undefined) === (urlFile === undefined)) {
    contradiction(context, ['url'], 'or urlFile is needed, and only one of them');
  }
  if (secretFile === undefined && template === 'standard') {
    contradiction(context, ['secretFile'], 'is needed, so that the endpoint can tell who posts to it');
  }
  const problem = url === undefined ? null : problemOfUrl(url, allowPrivateAddress);
  if (problem !== null) contradiction(context, ['url'], problem);
  refuseNeedless(endpoint, context);
});

/** What nothing would come of is a mistake of whoever wrote it. */
function refuseNeedless(
  { events, tags, quietHours }: { events?: readonly string[]; tags?: readonly string[]; quietHours?: QuietHours },
  context: z.RefinementCtx,
): void {
  if (events === undefined) return;
  if (tags !== undefined && !events.some((event) => /^(device|drift|snapshot)\./.test(event))) {
    contradiction(context, ['tags'], 'has no effect, because no event of devices is among "events"');
  }
  if (quietHours !== undefined && events.every((event) => passes(quietHours, event))) {
    contradiction(context, ['quietHours'], 'has no effect, because all of "events" are told all the same');
  }
}

/** Why events are not posted there, as the end of a sentence that begins with the key; null when they are. */
export function problemOfUrl(url: string, allowPrivateAddress: boolean): string | null {
  if (!/^https?:\/\/\S{1,2000}$/.test(url) || !isPlain(url)) return `is not ${URL_ALLOWED}`;
  if (allowPrivateAddress) return null;
  const parsed = new URL(url);
  if (namesPrivateHost(parsed)) {
    return `names a private address, ${parsed.hostname}; allowed is a public one, or "allowPrivateAddress: true" beside it`;
  }
  return parsed.protocol === 'https:'
    ? null
    : 'goes over http, where everybody on the way reads along; allowed is https';
}

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
