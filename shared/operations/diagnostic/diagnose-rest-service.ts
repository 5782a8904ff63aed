import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/codes.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { Name, untrusted, Word } from '../output-fields.ts';

/** The services that carry REST, without and with TLS. */
const WEB_SERVICES: ReadonlySet<string> = new Set(['www', 'www-ssl']);

const Service = z.strictObject({
  name: Word,
  enabled: z.boolean(),
  port: z.number().nullable(),
  /** Where connections may come from; none: from everywhere. */
  allowedFrom: z.array(Word),
  /** Null on the service without TLS; `none` when it has none, and nobody can connect. */
  certificate: Name.nullable(),
  /** Whether it carries REST; null before RouterOS 7.22, where REST cannot be switched off by itself. */
  restEnabled: z.boolean().nullable(),
});

export const diagnoseRestService = defineRead({
  name: 'diagnose_rest_service',
  title: 'REST service, seen over SSH',
  summary:
    'Why a router does not answer over REST, asked over SSH: its web services, their ports and who may use them.',
  toolset: 'diagnostics',
  phase: 1,
  paths: ['/ip/service'],
  input: z.strictObject({}),
  output: z.strictObject({
    services: z.array(Service),
    failure: z.strictObject({ code: Word, message: untrusted(500) }).nullable(),
  }),
  example: {},
  handler: async (router) => {
    try {
      const { services, webserver } = await router.inspectServices();
      const web = services.filter(({ name, dynamic }) => WEB_SERVICES.has(name ?? '') && !toBoolean(dynamic));
      return { services: web.map((service) => toService(service, webserver)), failure: null };
    } catch (error) {
      if (!(error instanceof AppError) || !ANSWERS.has(error.code)) throw error;
      return { services: [], failure: { code: error.code, message: error.message } };
    }
  },
});

function toService(service: RouterRecord, webserver: RouterRecord | null): z.input<typeof Service> {
  const name = toRequiredText(service['name'], 'name');
  const rest = webserver?.[name === 'www-ssl' ? 'rest-secure' : 'rest-plain'];
  return {
    name,
    enabled: !toBoolean(service['disabled']),
    port: toNumber(service['port']),
    allowedFrom: (service['address'] ?? '').split(/[;,]/).filter((address) => address !== ''),
    certificate: name === 'www-ssl' ? (service['certificate'] ?? 'none') : null,
    restEnabled: rest === undefined ? null : toBoolean(rest),
  };
}

/** Failures that are the answer to the question, not a failure to answer it. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DEVICE_UNREACHABLE',
  'DEVICE_TIMEOUT',
  'DEVICE_AUTH_FAILED',
  'DEVICE_PERMISSION_DENIED',
  'DEVICE_HOST_KEY_CHANGED',
  'DEVICE_UNSUPPORTED',
]);
