import { AppError } from '../../shared/errors/app-error.ts';
import type { CallRequest, Caller } from '../call/answer-call.ts';
import { untrustedFieldsOf } from '../call/untrusted-note.ts';
import { pageUri, type Address, type Resource } from './define-resource.ts';
import { currentIso } from '../../shared/platform/process/platform-clock.ts';

/** One page of a resource as it was read. */
export interface ResourceText {
  text: string;
  mimeType: string;
  /** What is known about the text; keys as they are shown in `_meta`. */
  meta: Record<string, unknown>;
  ttlMs: number;
}

export interface ReadRequest extends Pick<CallRequest, 'principal' | 'correlationId' | 'signal'> {
  uri: string;
  address: Address;
}

/** Where a page of a list that is split ends, bytes; a single entry is always whole. */
const MAX_TEXT_BYTES = 100_000;

/** Reads a resource by the same call as the tool of its action, so that everything that is checked there is checked here. */
export async function readResource(caller: Caller, { uri, address, ...request }: ReadRequest): Promise<ResourceText> {
  const { resource, cursor } = address;
  const { action: name, mimeType, ttlMs, splits } = resource;
  const isSplit = splits !== undefined;
  const asked = { ...argumentsOf(address), ...(cursor === null || isSplit ? {} : { cursor }) };
  const {
    action,
    output: whole,
    handle,
  } = await caller.answer({ ...request, name, arguments: asked, surface: 'context' });
  // There is no text yet, and a reading has no way to wait for it.
  if (handle !== undefined) throw new AppError('TIMEOUT', { message: 'This takes longer than a reading can wait.' });

  const output = Object.fromEntries(
    Object.entries(whole).filter(([field]) => resource.without?.includes(field) !== true),
  );
  const list = { action: `resource ${resource.name}`, sub: request.principal.sub, input: asked };
  const from = isSplit && cursor !== null ? Number(caller.cursors.open(list, cursor)) : 0;
  const { page, nextFrom } = isSplit ? pageOf(output, splits, from) : { page: output, nextFrom: null };
  const next = nextFrom === null ? output['nextCursor'] : caller.cursors.seal(list, String(nextFrom));
  const text = resource.render?.(page) ?? JSON.stringify(page);
  const untrusted = resource.render === undefined ? untrustedFieldsOf(action) : ['text'];
  return {
    text,
    mimeType,
    ttlMs,
    meta: {
      'convoy/sizeBytes': Buffer.byteLength(text),
      'convoy/observedAt': output['observedAt'] ?? currentIso(),
      ...(untrusted.length === 0 ? {} : { 'convoy/untrusted': untrusted }),
      ...(typeof next === 'string' ? { 'convoy/nextUri': pageUri(uri, next) } : {}),
    },
  };
}

export function argumentsOf({ resource, variables }: Pick<Address, 'resource' | 'variables'>): Record<string, unknown> {
  return resource.arguments?.(variables) ?? variables;
}

/** As many entries of the list from `from` on as fit on one page; all other fields are on every page. */
function pageOf(
  output: Record<string, unknown>,
  splits: NonNullable<Resource['splits']>,
  from: number,
): { page: Record<string, unknown>; nextFrom: number | null } {
  const entries = Array.isArray(output[splits]) ? (output[splits] as unknown[]) : [];
  let left = MAX_TEXT_BYTES - Buffer.byteLength(JSON.stringify({ ...output, [splits]: [] }));
  let count = 0;
  for (const entry of entries.slice(from)) {
    left -= Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (left < 0 && count > 0) break;
    count += 1;
  }
  const nextFrom = from + count < entries.length ? from + count : null;
  return { page: { ...output, [splits]: entries.slice(from, from + count) }, nextFrom };
}
