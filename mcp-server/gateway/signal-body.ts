import { z } from 'zod';
import { ControlPayload, DecisionPayload, RetryPayload, SkipPayload } from '../../shared/contract/plan-messages.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { refuseUnstorableText } from '../call/storable-text.ts';
import type { GatewaySignal } from './requests.ts';

/** What a signal says, apart from who sends it. */
export interface SignalMessage {
  /** Null for controls. */
  digest: string | null;
  comment: string;
  /** Of `skip` and `retry`. */
  deviceIds?: string[] | undefined;
  /** The run the sender looked at; null for the current one. */
  runId: string | null;
}

const JSON_ENCODING = Buffer.from('json/plain').toString('base64');

/**
 * As Temporal UI 2.54 posts it. Other fields (`identity`, `header`, `links`, …) are not taken over: the request is built
 * anew from what is known here.
 */
const UiSignal = z.object({
  signalName: z.string().optional(),
  workflowExecution: z.object({ workflowId: z.string().optional(), runId: z.string().optional() }).optional(),
  input: z
    .object({ payloads: z.array(z.object({ metadata: z.record(z.string(), z.string()), data: z.string() })).nullish() })
    .nullish(),
});

/** Reads the UI's request; fails with APPROVAL_MALFORMED (decisions) or VALIDATION_ERROR (controls). */
export function messageOfUiSignal(signal: GatewaySignal, planId: string, body: string): SignalMessage {
  const parsed = UiSignal.safeParse(jsonOf(body));
  if (!parsed.success) throw malformed(signal, 'The request is not a signal as the Temporal UI sends it.');
  const { signalName, workflowExecution, input } = parsed.data;
  if (signalName !== undefined && signalName !== signal) {
    throw malformed(signal, `The address says "${signal}" and the request says ${JSON.stringify(signalName)}.`);
  }
  const workflowId = workflowExecution?.workflowId;
  if (workflowId !== undefined && workflowId !== '' && workflowId !== `plan/${planId}`) {
    throw malformed(signal, 'The address and the request name different workflows.');
  }
  const [payload, ...more] = input?.payloads ?? [];
  if (more.length > 0) throw malformed(signal, 'The input must be one JSON object.');
  const message = payload === undefined ? {} : jsonPayload(signal, payload);
  return { ...parseMessage(signal, message), runId: workflowExecution?.runId || null };
}

/** Parses `{ digest, comment }` or `{ comment }`; messages name the key, what was given and what is allowed. */
export function parseMessage(signal: GatewaySignal, message: unknown): Omit<SignalMessage, 'runId'> {
  refuseUnstorableText(message);
  if (signal === 'approve' || signal === 'reject') {
    const decision = DecisionPayload.safeParse(message);
    if (decision.success) return decision.data;
    throw malformed(signal, reasonOf(decision.error, message));
  }
  const control = personControl(signal).safeParse(message);
  if (control.success) return { digest: null, ...control.data };
  throw malformed(signal, reasonOf(control.error, message));
}

/** People speak for themselves only. */
const PersonControl = ControlPayload.omit({ onBehalfOf: true });
const PersonSkip = SkipPayload.omit({ onBehalfOf: true });
const PersonRetry = RetryPayload.omit({ onBehalfOf: true });

function personControl(signal: GatewaySignal): z.ZodType<Omit<SignalMessage, 'digest' | 'runId'>> {
  if (signal === 'skip') return PersonSkip;
  return signal === 'retry' ? PersonRetry : PersonControl;
}

function jsonPayload(signal: GatewaySignal, payload: { metadata: Record<string, string>; data: string }): unknown {
  if (payload.metadata['encoding'] !== JSON_ENCODING) throw malformed(signal, 'The input must be encoded as JSON.');
  const message = jsonOf(Buffer.from(payload.data, 'base64').toString('utf8'));
  // A person who types nothing into the dialog sends an empty text.
  return message === '' ? {} : message;
}

/** Undefined when the text is no JSON, which no schema here accepts. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: z.ZodError, message: unknown): string {
  if (message === null || typeof message !== 'object' || Array.isArray(message))
    return 'The input must be one JSON object.';
  const given = message as Record<string, unknown>;
  return error.issues
    .map((issue) => {
      if (issue.code === 'unrecognized_keys')
        return `There is no field ${issue.keys.map((key) => `"${key}"`).join(', ')}.`;
      const key = String(issue.path[0] ?? '');
      const shown = given[key] === undefined ? 'missing' : (JSON.stringify(given[key]) ?? '').slice(0, 80);
      return `"${key}" is ${shown}: ${issue.message}.`;
    })
    .join(' ');
}

function malformed(signal: GatewaySignal, reason: string): AppError {
  const isDecision = signal === 'approve' || signal === 'reject';
  const control = signal === 'skip' ? '{"deviceIds": ["dev_…"], "comment": "why"}' : '{"comment": "why"}';
  const example = isDecision ? '{"digest": "<the plan\'s digest>", "comment": "why"}' : control;
  return new AppError(isDecision ? 'APPROVAL_MALFORMED' : 'VALIDATION_ERROR', {
    message: `${reason} The input of ${signal} is ${example}.`,
    hint: isDecision ? "Copy the digest from the plan's card." : undefined,
  });
}
