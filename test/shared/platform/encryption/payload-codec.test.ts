import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload, type SerializationContext } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { parseKeyring } from '../../../../shared/platform/encryption/keyring.ts';
import {
  createPayloadCodec,
  isSealed,
  ownerOf,
  payloadKeyIdOf,
  type PayloadCodecOptions,
} from '../../../../shared/platform/encryption/payload-codec.ts';

const OLD = `old:${randomBytes(32).toString('base64')}`;
const NEW = `new:${randomBytes(32).toString('base64')}`;

function codecWith(keys: string, options: Partial<PayloadCodecOptions> = {}) {
  return createPayloadCodec({ keyring: parseKeyring(keys), namespace: 'convoy', ...options });
}

function ofWorkflow(workflowId: string): SerializationContext {
  return { type: 'workflow', namespace: 'convoy', workflowId };
}

const PLAN = ofWorkflow('plan/pln_1');
const VALUE = { comment: 'uplink to Müller', servers: ['192.0.2.53'] };
const plain = (): Payload => defaultPayloadConverter.toPayload(VALUE);

async function sealed(codec = codecWith(OLD), context: SerializationContext | undefined = PLAN): Promise<Payload> {
  const [payload] = await codec.encode([plain()], context);
  return payload!;
}

async function valueOf(codec: ReturnType<typeof codecWith>, payload: Payload, context?: SerializationContext) {
  const [opened] = await codec.decode([payload], context);
  return defaultPayloadConverter.fromPayload(opened!);
}

describe('a sealed payload', () => {
  it('opens as what it was, also in another process with the same key', async () => {
    expect(await valueOf(codecWith(OLD), await sealed(), PLAN)).toEqual(VALUE);
  });

  it('shows its encoding, its key id and its workflow, and nothing of the value or of its form', async () => {
    const payload = await sealed();
    expect(Object.keys(payload.metadata ?? {}).sort()).toEqual(['encoding', 'encryption-key-id', 'owner']);
    expect([isSealed(payload), payloadKeyIdOf(payload), ownerOf(payload)]).toEqual([true, 'old', 'plan/pln_1']);
    const text = Buffer.from(payload.data!).toString('latin1');
    for (const part of ['uplink', '192.0.2.53', 'json/plain']) expect(text).not.toContain(part);
  });

  it('differs from every other seal of the same value', async () => {
    const codec = codecWith(OLD);
    expect(Buffer.from((await sealed(codec)).data!)).not.toEqual(Buffer.from((await sealed(codec)).data!));
  });

  it('opens under an older key of the keyring, and new ones are sealed under the first', async () => {
    const rotated = codecWith(`${NEW},${OLD}`);
    expect(await valueOf(rotated, await sealed())).toEqual(VALUE);
    expect(payloadKeyIdOf(await sealed(rotated))).toBe('new');
  });

  it('whose key is gone says which key is missing', async () => {
    await expect(codecWith(NEW).decode([await sealed()])).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('"old"'),
    });
  });

  it.each<[string, (payload: Payload) => Payload]>([
    ['one bit is turned', (payload) => ({ ...payload, data: turned(payload.data!, -1) })],
    ['its salt is another', (payload) => ({ ...payload, data: turned(payload.data!, 3) })],
    ['its form is another', (payload) => ({ ...payload, data: turned(payload.data!, 0) })],
    ['it is cut off', (payload) => ({ ...payload, data: payload.data!.subarray(0, 20) })],
    ['another workflow is written on it', (payload) => withMetadata(payload, { owner: 'plan/pln_2' })],
    ['its workflow is taken off', (payload) => withMetadata(payload, { owner: '' })],
  ])('does not open when %s', async (_, alter) => {
    await expect(codecWith(OLD).decode([alter(await sealed())])).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
  });

  it('does not open in another namespace, or where another workflow is read', async () => {
    const elsewhere = codecWith(OLD, { namespace: 'other' });
    await expect(elsewhere.decode([await sealed()])).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    const other = codecWith(OLD).decode([await sealed()], ofWorkflow('plan/pln_2'));
    await expect(other).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
  });

  it('opens in the next run of a schedule, which is handed the result of the run before, and in no other schedule', async () => {
    const nothing = defaultPayloadConverter.toPayload(undefined);
    const result = await codecWith(OLD).encode([nothing], ofWorkflow('audit-care-2026-11-27T00:10:00Z'));
    const opened = await codecWith(OLD).decode(result, ofWorkflow('audit-care-2026-11-27T00:20:00Z'));
    expect(defaultPayloadConverter.fromPayload(opened[0]!)).toBeUndefined();
    const other = codecWith(OLD).decode(result, ofWorkflow('other-care-2026-11-27T00:20:00Z'));
    await expect(other).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
  });

  it('leaves enough of the 400 bytes that Temporal allows a summary', async () => {
    const summary = defaultPayloadConverter.toPayload('x'.repeat(200));
    const [payload] = await codecWith(OLD).encode([summary], ofWorkflow(`rollout/pln_${'0'.repeat(26)}`));
    const bytes = Object.entries(payload!.metadata ?? {}).reduce(
      (sum, [key, value]) => sum + key.length + value.length + 6,
      payload!.data!.length + 3,
    );
    expect(bytes).toBeLessThanOrEqual(400);
  });
});

describe('a payload that is not sealed', () => {
  it('is taken as it is by who reads histories', async () => {
    expect(await valueOf(codecWith(OLD), plain(), PLAN)).toEqual(VALUE);
  });

  it('is refused by who acts on the word of Convoy alone', async () => {
    const lane = codecWith(OLD, { plain: 'refuse' });
    await expect(lane.decode([plain()])).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await valueOf(lane, await sealed())).toEqual(VALUE);
  });
});

function turned(data: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(data);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

function withMetadata(payload: Payload, metadata: Record<string, string>): Payload {
  const entries = Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value)] as const);
  return { ...payload, metadata: { ...payload.metadata, ...Object.fromEntries(entries) } };
}
