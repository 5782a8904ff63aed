import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { parseDocument } from 'yaml';
import type { Environment } from '../../domain/environment.ts';
import type { Pace } from '../../domain/notice.ts';
import type { ToldEvent } from '../../domain/told-event.ts';
import { AppError } from '../../errors/app-error.ts';
import { describeIssue } from '../config/describe-issue.ts';
import { watchContent } from '../config/watched-file.ts';
import type { Template } from './chat-templates.ts';
import { keyOfSecret } from './sign-webhook.ts';
import { problemOfUrl, WebhookRules } from './webhook-rules.ts';

export interface WebhookEndpoint extends Pace {
  name: string;
  url: string;
  /** Whether the URL is a secret itself. */
  isUrlSecret: boolean;
  /** Each signs; never shown. None where a chat tool checks none. */
  keys: readonly Buffer[];
  template: Template;
  /** Null: of everything but what has to be asked for. */
  events: readonly ToldEvent[] | null;
  /** Null: of all. */
  environments: readonly Environment[] | null;
  /** Events of devices with any of these; null: of all. */
  tags: readonly string[] | null;
  allowPrivateAddress: boolean;
}

/** Who is told what, and when people who let a plan wait are reminded. */
export interface Webhooks {
  endpoints: readonly WebhookEndpoint[];
  escalation: WebhookRules['escalation'];
}

/** The webhooks as they are now. */
export interface WebhookSource {
  current(): Webhooks;
}

/** Webhooks from a file, taken anew when the file changes. */
export interface WebhookFile extends WebhookSource {
  /** Reads the file and the secrets again. What cannot be used is logged, and what was there before stays. */
  reload(): Promise<void>;
  close(): void;
}

export const NO_WEBHOOKS: Webhooks = { endpoints: [], escalation: {} };

/** Webhooks that never change. Default: nobody is told anything. */
export function fixedWebhooks(webhooks: Webhooks = NO_WEBHOOKS): WebhookSource {
  return { current: () => webhooks };
}

/**
 * Reads the file and the secrets it names. Fails with INVALID_CONFIGURATION naming every problem; `details.problems` holds
 * them as a list. Secrets are in none of them.
 */
export async function readWebhooks(file: string): Promise<Webhooks> {
  const yaml = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unusable(file, [cause instanceof Error ? cause.message : String(cause)], cause);
  });
  const { rules, problems } = parseRules(yaml);
  if (rules === null) throw unusable(file, problems);
  const read = await Promise.all(
    Object.entries(rules.endpoints).map(([name, endpoint]) => readEndpoint(name, endpoint, problems)),
  );
  if (problems.length > 0) throw unusable(file, problems);
  return { endpoints: read, escalation: rules.escalation };
}

/** Opens the webhooks of a process; a file that cannot be used keeps the process from starting. Without one nobody is told. */
export async function openWebhooks(options: {
  /** CONVOY_WEBHOOKS_FILE. */
  file: string | undefined;
  log: Pick<Logger, 'info' | 'error'>;
  /** How often it is looked whether the file changed, milliseconds. Default 5 000. */
  lookMs?: number;
}): Promise<WebhookFile> {
  const { file, log, lookMs } = options;
  if (file === undefined) return { ...fixedWebhooks(), reload: async () => {}, close: () => {} };
  return watchContent({ file, name: 'webhooks', read: () => readWebhooks(file), log, lookMs });
}

function parseRules(yaml: string): { rules: WebhookRules | null; problems: string[] } {
  const document = parseDocument(yaml);
  if (document.errors.length > 0) {
    return { rules: null, problems: document.errors.map(({ message }) => message.split('\n')[0] ?? message) };
  }
  const content: unknown = document.toJS() ?? {};
  const parsed = WebhookRules.safeParse(content);
  if (parsed.success) return { rules: parsed.data, problems: [] };
  return { rules: null, problems: parsed.error.issues.flatMap((issue) => describeIssue(issue, content, 'The file')) };
}

async function readEndpoint(
  name: string,
  { url, urlFile, secretFile, events, environments, tags, quietHours, ...endpoint }: WebhookRules['endpoints'][string],
  problems: string[],
): Promise<WebhookEndpoint> {
  const secret = secretFile === undefined ? { keys: [], problem: null } : await readSecret(secretFile);
  if (secret.problem !== null) problems.push(`endpoints.${name}.secretFile: ${secret.problem}`);
  const read = urlFile === undefined ? { url: url ?? '', problem: null } : await readUrl(urlFile, endpoint);
  if (read.problem !== null) problems.push(`endpoints.${name}.urlFile: ${read.problem}`);
  return {
    name,
    url: read.url,
    isUrlSecret: urlFile !== undefined,
    keys: secret.keys,
    ...endpoint,
    events: events ?? null,
    environments: environments ?? null,
    tags: tags ?? null,
    quietHours: quietHours ?? null,
  };
}

async function readUrl(
  file: string,
  { allowPrivateAddress }: { allowPrivateAddress: boolean },
): Promise<{ url: string; problem: string | null }> {
  try {
    const url = (await readFile(file, 'utf8')).trim();
    const problem = problemOfUrl(url, allowPrivateAddress);
    return { url, problem: problem === null ? null : `what is in it ${problem}.` };
  } catch (error) {
    return { url: '', problem: `${error instanceof Error ? error.message : String(error)}.` };
  }
}

async function readSecret(file: string): Promise<{ keys: Buffer[]; problem: string | null }> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    return { keys: [], problem: `${error instanceof Error ? error.message : String(error)}.` };
  }
  const lines = content.split('\n').flatMap((line) => line.trim() || []);
  const keys = lines.flatMap((line) => keyOfSecret(line) ?? []);
  if (lines.length > 0 && keys.length === lines.length) return { keys, problem: null };
  const found =
    lines.length === 0 ? 'the file is empty' : `line ${lines.findIndex((line) => !keyOfSecret(line)) + 1} is none`;
  return {
    keys: [],
    problem: `${found}; allowed is one secret a line, "whsec_" and base64 of 24 to 64 bytes ("convoy webhook secret" makes one).`,
  };
}

function unusable(file: string, problems: string[], cause?: unknown): AppError {
  return new AppError('INVALID_CONFIGURATION', {
    message: `The webhooks file ${file} cannot be used. ${problems.join(' ')}`,
    hint: 'Try it with "convoy webhook check <file>".',
    details: { problems },
    cause,
  });
}
