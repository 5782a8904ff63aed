import { z } from 'zod';
import { cleanText } from '../../routeros/untrusted-text.ts';
import type { Tone } from './say-events.ts';

/** What a chat shows of an event: plain text, none of which may act as markup of the tool it is posted to. */
export interface ChatMessage {
  title: string;
  lines: string[];
  tone: Tone;
  /** Where more is; of the platform itself, never of a router. */
  link: { label: string; url: string } | null;
  /** ISO 8601. */
  at: string;
}

const Body = z.object({ type: z.string(), timestamp: z.string(), data: z.record(z.string(), z.unknown()) });

const Said = z.object({
  title: z.string(),
  lines: z.array(z.string()),
  tone: z.enum(['bad', 'good', 'neutral']),
  groupsLeftOut: z.number().optional(),
});

const Plan = z.object({
  plan: z.object({
    planId: z.string(),
    kind: z.string(),
    environment: z.string(),
    comment: z.string().nullish(),
    requestedByName: z.string().nullish(),
    riskInWords: z.string().nullish(),
    devices: z.object({ toChange: z.number(), names: z.array(z.string()), namesLeftOut: z.number() }),
    failures: z.array(z.object({ device: z.string(), code: z.string(), message: z.string() })),
    links: z.object({ console: z.string() }),
  }),
});

const LINE_CHARS = 400;
const LINES_AT_MOST = 30;

/** What a chat shows of an event as it is stored. Every text in it is cleaned and cut. */
export function chatMessageOf(body: string): ChatMessage {
  const { type, timestamp, data } = Body.parse(JSON.parse(body));
  const said = Said.safeParse(data);
  if (said.success) {
    const { title, lines, tone, groupsLeftOut = 0 } = said.data;
    return { ...cut(title, lines, groupsLeftOut), tone, link: null, at: timestamp };
  }
  const plan = Plan.safeParse(data);
  if (plan.success) return { ...planMessage(type, plan.data.plan), at: timestamp };
  return { ...cut(inWords(type), []), tone: 'neutral', link: null, at: timestamp };
}

function planMessage(type: string, plan: z.output<typeof Plan>['plan']): Omit<ChatMessage, 'at'> {
  const { planId, kind, environment, comment, requestedByName, riskInWords, devices, failures, links } = plan;
  const { toChange, names, namesLeftOut } = devices;
  const named = `${names.join(', ')}${namesLeftOut > 0 ? ` and ${namesLeftOut} more` : ''}`;
  const lines = [
    `Plan ${planId}: ${kind} in ${environment}, ${toChange} ${toChange === 1 ? 'device' : 'devices'}`,
    ...(named === '' ? [] : [`Devices: ${named}`]),
    ...(riskInWords ? [`Risk: ${riskInWords}`] : []),
    ...(requestedByName ? [`Asked for by ${requestedByName}${comment ? `: ${comment}` : ''}`] : []),
    ...failures.map(({ device, code, message }) => `${device}: ${code}. ${message}`),
  ];
  const tone = TONES[type] ?? 'neutral';
  return { ...cut(inWords(type), lines), tone, link: { label: 'Open the plan', url: links.console } };
}

const TONES: Readonly<Record<string, Tone>> = {
  'plan.approved': 'good',
  'rollout.completed': 'good',
  'rollback.completed': 'good',
  'plan.rejected': 'bad',
  'plan.expired': 'bad',
  'rollout.paused': 'bad',
  'rollout.failed': 'bad',
  'rollback.incomplete': 'bad',
};

/** `plan.approval_needed` as `Plan approval needed`. */
function inWords(type: string): string {
  const words = type.replaceAll(/[._]/g, ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function cut(title: string, lines: readonly string[], alsoLeftOut = 0): Pick<ChatMessage, 'title' | 'lines'> {
  const said = lines.filter((line) => line !== '');
  const shown = said.slice(0, LINES_AT_MOST).map((line) => cleanText(line, LINE_CHARS));
  const leftOut = said.length - shown.length + alsoLeftOut;
  return { title: cleanText(title, 140), lines: leftOut > 0 ? [...shown, `… and ${leftOut} more`] : shown };
}
