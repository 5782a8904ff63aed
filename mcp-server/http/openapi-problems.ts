import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import type { Action } from '../call/action.ts';
import type { JsonSchema } from '../call/json-schema.ts';
import type { Route } from './routes.ts';

/** RFC 9457 with the fields every refusal has. */
export const ProblemSchema = z.object({
  type: z.string().describe('urn:convoy:problem: and the code'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(ERROR_CODES)).describe('What clients act on'),
  message: z.string(),
  hint: z.string().optional(),
  retryable: z.boolean().describe('Whether the same call may succeed later'),
  details: z.record(z.string(), z.unknown()).optional(),
  correlationId: z.string(),
});

/** Refusals of the protocol itself, whose status is more exact than their code's. */
const PROTOCOL_STATUSES = [400, 406, 413, 415];
/** With these comes when to come back, or how to get a token. */
const HEADERS: Readonly<Record<number, string>> = { 401: 'WWW-Authenticate', 429: 'Retry-After', 503: 'Retry-After' };

/** The answers that are refusals, by name, for `components.responses`. */
export function problemResponses(): Record<string, unknown> {
  const statuses = new Set([...Object.values(ERROR_CODES).map(({ status }) => status), ...PROTOCOL_STATUSES]);
  return Object.fromEntries(
    [...statuses].toSorted((a, b) => a - b).map((status) => [nameOf(status), problemResponse(status)]),
  );
}

/** What an operation may be refused with, by status. */
export function refusalsOf({ method, action }: Pick<Route, 'method' | 'action'>): Record<string, { $ref: string }> {
  const statuses = new Set([400, 401, 403, 404, 406, 422, 429, 500, 503, 504, ...statusesOf(action)]);
  if (method !== 'GET') for (const status of [409, 412, 413, 415]) statuses.add(status);
  return Object.fromEntries(
    [...statuses]
      .toSorted((a, b) => a - b)
      .map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }]),
  );
}

function statusesOf({ target, isVersioned = false }: Action): number[] {
  const onVersions = isVersioned ? [412] : [];
  switch (target.on) {
    case 'device':
    case 'fleet':
      // Decommissioned, and whatever a router may answer.
      return [...onVersions, 409, 501, 502];
    case 'plan':
      return [...onVersions, 409, 410, 412, 502];
    default:
      return [...onVersions, 409, 501, 502];
  }
}

function problemResponse(status: number): Record<string, unknown> {
  const rows = Object.entries(ERROR_CODES).filter(([, row]) => row.status === status);
  const codes = PROTOCOL_STATUSES.includes(status) ? ['VALIDATION_ERROR'] : rows.map(([code]) => code);
  const said = rows.map(([code, row]) => `- \`${code}\`: ${row.public}`);
  const exact: JsonSchema = { type: 'object', properties: { status: { const: status }, code: { enum: codes } } };
  const header = HEADERS[status];
  return {
    description: [STATUS_CODES[status] ?? 'Refused', ...said].join('\n'),
    headers: {
      'X-Correlation-Id': { $ref: '#/components/headers/X-Correlation-Id' },
      ...(header === undefined ? {} : { [header]: { $ref: `#/components/headers/${header}` } }),
    },
    content: {
      'application/problem+json': { schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, exact] } },
    },
  };
}

function nameOf(status: number): string {
  return `Problem${status}`;
}
