import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/codes.ts';
import { toSeconds } from '../../routeros/durations.ts';
import type { Router } from '../../routeros/router.ts';
import { toRequiredText } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { Name, untrusted, Word } from '../output-fields.ts';

const RESOURCE = '/system/resource';
const IDENTITY = '/system/identity';

const Connectivity = z.strictObject({
  reachable: z.boolean(),
  identity: Name.nullable(),
  version: untrusted(64).nullable(),
  uptimeSeconds: z.number().nullable(),
  /** One request over an open connection. */
  roundTripMs: z.number().nullable(),
  failure: z.strictObject({ code: Word, message: untrusted(500) }).nullable(),
});

export const checkConnectivity = defineRead({
  name: 'check_connectivity',
  title: 'Check connectivity',
  summary: 'Whether a router can be reached and logged into right now, how fast it answers, and if not, why.',
  toolset: 'diagnostics',
  isCore: true,
  phase: 0,
  paths: [RESOURCE, IDENTITY],
  input: z.strictObject({}),
  output: Connectivity,
  example: {},
  handler: async (router) => {
    try {
      return await ask(router);
    } catch (error) {
      if (!(error instanceof AppError) || !ANSWERS.has(error.code)) throw error;
      const failure = { code: error.code, message: error.message };
      return { reachable: false, identity: null, version: null, uptimeSeconds: null, roundTripMs: null, failure };
    }
  },
});

async function ask(router: Router): Promise<z.input<typeof Connectivity>> {
  const resource = await router.get(RESOURCE);
  const startedAt = performance.now();
  const identity = await router.get(IDENTITY);
  const roundTripMs = Math.round((performance.now() - startedAt) * 10) / 10;
  return {
    reachable: true,
    identity: toRequiredText(identity['name'], 'name'),
    version: toRequiredText(resource['version'], 'version'),
    uptimeSeconds: toSeconds(resource['uptime']),
    roundTripMs,
    failure: null,
  };
}

/** Failures that are the answer to the question, not a failure to answer it. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DEVICE_COOLING_DOWN',
  'DEVICE_UNREACHABLE',
  'DEVICE_TIMEOUT',
  'DEVICE_AUTH_FAILED',
  'DEVICE_PERMISSION_DENIED',
  'DEVICE_TLS_MISMATCH',
  'DEVICE_REPLY_INVALID',
]);
