import type { Payload } from '@temporalio/common';
import { LRUCache } from 'lru-cache';
import { ulid } from 'ulid';
import { z } from 'zod';
import { rolesOn, rolesOnFleet, type Principal, type Role } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { isSealed, ownerOf, type ConvoyPayloadCodec } from '../../shared/platform/encryption/payload-codec.ts';
import type { AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { PlanStore } from '../../shared/platform/persistence/stores/plan-store.ts';
import { redactData } from '../../shared/platform/telemetry/redaction.ts';
import { actorOf, addressDetail } from '../audit/actor-of.ts';
import type { GatewayContext } from './gateway-state.ts';
import { readRequestText } from './request-text.ts';

export interface CodecRouteOptions {
  codec: ConvoyPayloadCodec;
  plans: Pick<PlanStore, 'get'>;
  devices: Pick<DeviceStore, 'getMany'>;
  audit: Pick<AuditStore, 'append'>;
}

/** Answers what the Temporal UI asks of a codec server about one person's payloads; nothing of them gets into a log. */
export type AnswerCodec = (ctx: GatewayContext, person: Principal, wanted: 'decode' | 'encode') => Promise<void>;

/** Who takes part in changes or reviews them. A viewer sees that something happened and when, not what was said. */
const READERS: readonly Role[] = ['operator', 'approver', 'auditor', 'admin'];
/** Temporal stores no payload above 2 MB; base64 makes it a third longer. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_PAYLOADS = 1_000;
/** Reading one workflow's payloads again within this time is the same reading, milliseconds. */
const SAME_READING_MS = 60_000;

const Base64 = z.base64();
const CodecRequest = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), Base64).optional(), data: Base64.nullish() }))
    .max(MAX_PAYLOADS),
});
type WirePayload = z.infer<typeof CodecRequest>['payloads'][number];

/**
 * `POST /codec/decode` opens the payloads that their reader may see: those of plans and devices on which they hold a role
 * that reviews or makes changes, and all others for who holds one on the whole fleet. What they may not see, and what does
 * not open, stays as it came. `POST /codec/encode` seals nothing: the gateway seals a signal itself once it has checked it,
 * so that nobody gets bytes that Convoy's processes would take for each other's.
 */
export function createCodecRoute({ codec, plans, devices, audit }: CodecRouteOptions): AnswerCodec {
  const readLately = new LRUCache<string, true>({ max: 20_000, ttl: SAME_READING_MS });

  const devicesOf = async (owner: string): Promise<readonly string[] | null> => {
    const [, planId, deviceId] = /^(?:(?:plan|rollout|rollback)\/(pln_\w+)|[a-z-]+\/(dev_\w+))/.exec(owner) ?? [];
    if (planId === undefined) return deviceId === undefined ? null : [deviceId];
    return (await plans.get(planId))?.devices.map((device) => device.deviceId) ?? null;
  };

  const mayRead = async (person: Principal, owner: string): Promise<boolean> => {
    if (rolesOnFleet(person).some(isReader)) return true;
    const ids = await devicesOf(owner);
    if (ids === null || ids.length === 0) return false;
    const found = await devices.getMany(ids);
    return found.length === new Set(ids).size && found.every((device) => rolesOn(person, device).some(isReader));
  };

  const recordReading = async (ctx: GatewayContext, person: Principal, owners: readonly string[]): Promise<void> => {
    const unrecorded = owners.filter((owner) => !readLately.has(`${person.sub}\0${owner}`));
    if (unrecorded.length === 0) return;
    await audit.append({
      key: `gateway/${ulid()}`,
      action: 'payloads.read',
      ...actorOf(person, 'temporal-ui'),
      outcome: 'ok',
      details: {
        workflows: unrecorded.map((owner) => owner || null).slice(0, 50),
        ...addressDetail(ctx.state.clientAddress),
      },
      correlationId: ctx.state.correlationId,
    });
    for (const owner of unrecorded) readLately.set(`${person.sub}\0${owner}`, true);
  };

  return async (ctx, person, wanted) => {
    ctx.set('Cache-Control', 'no-store');
    const payloads = parseRequest(await readRequestText(ctx.req, MAX_BYTES)).map(fromWire);
    if (wanted === 'encode') {
      ctx.body = { payloads: payloads.map(toWire) };
      return;
    }
    const owners = [...new Set(payloads.filter(isSealed).map((payload) => ownerOf(payload) ?? ''))];
    const readable = new Set<string>();
    for (const owner of owners) if (await mayRead(person, owner)) readable.add(owner);
    // What cannot be recorded is not shown.
    await recordReading(ctx, person, [...readable]);
    const answers = payloads.map(async (payload) =>
      isSealed(payload) && readable.has(ownerOf(payload) ?? '') ? opened(codec, payload) : payload,
    );
    ctx.body = { payloads: (await Promise.all(answers)).map(toWire) };
  };
}

function isReader(role: Role): boolean {
  return READERS.includes(role);
}

function parseRequest(text: string): WirePayload[] {
  const parsed = CodecRequest.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data.payloads;
  throw new AppError('VALIDATION_ERROR', {
    message: `The request must be {"payloads": […]} with at most ${MAX_PAYLOADS} payloads, metadata and data in base64.`,
  });
}

/** Undefined when the text is no JSON, which the schema does not accept. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As it came when it does not open: one altered payload, or one whose master key is gone, hides no other. */
async function opened(codec: ConvoyPayloadCodec, sealed: Payload): Promise<Payload> {
  try {
    const [payload] = await codec.decode([sealed]);
    return payload === undefined ? sealed : withoutSecrets(payload);
  } catch (error) {
    if (error instanceof AppError) return sealed;
    throw error;
  }
}

/** No payload should hold a secret; if one did, this is where people would read it. */
function withoutSecrets(payload: Payload): Payload {
  const encoding = Buffer.from(payload.metadata?.['encoding'] ?? []).toString();
  if (encoding !== 'json/plain') return payload;
  const value = jsonOf(Buffer.from(payload.data ?? []).toString());
  return { ...payload, data: Buffer.from(JSON.stringify(redactData(value)) ?? 'null') };
}

function fromWire({ metadata = {}, data }: WirePayload): Payload {
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    data: Buffer.from(data ?? '', 'base64'),
  };
}

function toWire({ metadata, data }: Payload): WirePayload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}
