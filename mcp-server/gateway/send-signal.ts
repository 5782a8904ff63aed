import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { CryptoKey } from 'jose';
import { request, type Dispatcher } from 'undici';
import { withTraceHeader } from '../../shared/contract/trace-context.ts';
import { planWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { ConvoyPayloadCodec } from '../../shared/platform/encryption/payload-codec.ts';
import { currentTrace } from '../../shared/platform/telemetry/spans.ts';
import { mintTemporalToken } from '../../shared/platform/temporal/temporal-token.ts';
import type { GatewaySignal } from './requests.ts';
import type { SignalMessage } from './signal-body.ts';

export interface SignalSenderOptions {
  temporalUiUrl: string;
  namespace: string;
  signingKey: CryptoKey;
  codec: ConvoyPayloadCodec;
  /** Default: undici's global one. */
  dispatcher?: Dispatcher;
}

export interface OutgoingSignal {
  planId: string;
  signal: GatewaySignal;
  message: SignalMessage;
  /** The person's own subject: the server stamps it on the event, and the workflow believes only that. */
  subject: string;
  /** What history shows to people; believed by nobody. */
  identity: string;
}

/** Sends a checked signal. Fails with PLAN_STATE_CONFLICT, PLAN_NOT_FOUND or SERVICE_UNAVAILABLE. */
export type SendSignal = (signal: OutgoingSignal) => Promise<void>;

/** A token that may write lives just long enough for one request. */
const WRITE_TOKEN_SECONDS = 30;
const TIMEOUT_MS = 15_000;

/** Sends signals through the HTTP API in front of the Temporal server, with a token minted for the person. */
export function createSignalSender(options: SignalSenderOptions): SendSignal {
  const { temporalUiUrl, namespace, signingKey, codec, dispatcher } = options;
  return async ({ planId, signal, message, subject, identity }) => {
    const token = await mintTemporalToken({
      signingKey,
      subject,
      permissions: [`${namespace}:write`],
      lifetimeSeconds: WRITE_TOKEN_SECONDS,
    });
    const workflowId = planWorkflowId(planId);
    const url = `${temporalUiUrl}/api/v1/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/signal/${signal}`;
    const { digest, comment, deviceIds, runId } = message;
    const named = deviceIds === undefined ? {} : { deviceIds };
    const [payload] = await codec.encode(
      [defaultPayloadConverter.toPayload(digest === null ? { comment, ...named } : { digest, comment })],
      { type: 'workflow', namespace, workflowId },
    );
    const response = await request(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        signalName: signal,
        workflowExecution: { workflowId, ...(runId === null ? {} : { runId }) },
        input: { payloads: [inJson(payload ?? {})] },
        ...traceHeader(),
        identity,
        // The server drops a repeated delivery of the same request.
        requestId: randomUUID(),
      }),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    }).catch((cause: unknown) => {
      throw new AppError('SERVICE_UNAVAILABLE', { message: 'Temporal does not answer, so nothing was sent.', cause });
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw refusalOf(response.statusCode, text, planId);
  };
}

/** Has what the workflow does with it belong to the person's request. */
function traceHeader(): { header?: { fields: Record<string, ReturnType<typeof inJson>> } } {
  const current = currentTrace();
  if (current === null) return {};
  const fields = Object.entries(withTraceHeader({}, current)).map(
    ([name, payload]) => [name, inJson(payload)] as const,
  );
  return { header: { fields: Object.fromEntries(fields) } };
}

/** As protobuf's JSON form has it. */
function inJson({ metadata, data }: Payload): { metadata: Record<string, string>; data: string } {
  const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, base64(value)])),
    data: base64(data),
  };
}

function refusalOf(status: number, text: string, planId: string): AppError {
  if (status === 404 && /already completed/i.test(text)) {
    return new AppError('PLAN_STATE_CONFLICT', {
      message: 'The workflow of this plan, or the run you looked at, has ended; nothing was sent.',
      hint: 'Load the page again.',
    });
  }
  if (status === 404) {
    return new AppError('PLAN_NOT_FOUND', { message: `Temporal knows no running workflow for plan ${planId}.` });
  }
  return new AppError('SERVICE_UNAVAILABLE', {
    message: 'Temporal did not take the signal.',
    cause: new Error(`HTTP ${status}: ${text.slice(0, 500)}`),
  });
}
