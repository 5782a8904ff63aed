import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { defaultPayloadConverter } from '@temporalio/common';
import { beforeEach, describe, expect, test } from 'vitest';
import { createCodecRoute, type CodecRouteOptions } from '../../../mcp-server/gateway/codec-route.ts';
import type { GatewayContext } from '../../../mcp-server/gateway/gateway-state.ts';
import type { Principal, Role, RoleGrant } from '../../../shared/domain/principal.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { parseKeyring } from '../../../shared/platform/encryption/keyring.ts';
import { createPayloadCodec } from '../../../shared/platform/encryption/payload-codec.ts';

interface Wire {
  payloads: { metadata: Record<string, string>; data: string }[];
}

const PLAN = 'pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC';
const NORTH = 'dev_01JDXVBM0Q8Z7K4N2T6R9WYFHN';
const SOUTH = 'dev_01JDXVBM0Q8Z7K4N2T6R9WYFHS';
const codec = createPayloadCodec({
  keyring: parseKeyring(randomBytes(32).toString('base64')),
  namespace: 'convoy',
});
const audited: unknown[] = [];
let isAuditDown = false;

const answer = createCodecRoute({
  codec,
  plans: { get: async (planId) => (planId === PLAN ? { devices: [{ deviceId: NORTH }] } : null) },
  devices: {
    getMany: async (ids) =>
      [NORTH, SOUTH]
        .filter((deviceId) => ids.includes(deviceId))
        .map((deviceId) => ({ deviceId, environment: 'lab', tags: [deviceId === NORTH ? 'north' : 'south'] })),
  },
  audit: {
    append: async (record) => {
      if (isAuditDown) throw new AppError('SERVICE_UNAVAILABLE');
      audited.push(record);
      return true;
    },
  },
} as CodecRouteOptions);

let people = 0;
beforeEach(() => {
  people += 1;
  audited.length = 0;
  isAuditDown = false;
});

function personWith(...grants: RoleGrant[]): Principal {
  const sub = `person-${people}`;
  const roles = grants.flatMap((grant) => grant.roles);
  return {
    sub,
    email: null,
    name: null,
    clientId: null,
    roles,
    scopes: [],
    grants,
    via: 'gateway',
    provenBy: 'gateway-session',
  };
}

function everywhere(role: Role): Principal {
  return personWith({ roles: [role], devices: [{ all: true }] });
}

async function sealedFor(workflowId: string | null, value: unknown): Promise<Wire> {
  const context = workflowId === null ? undefined : ({ type: 'workflow', namespace: 'convoy', workflowId } as const);
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload(value)], context);
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const metadata = Object.fromEntries(Object.entries(payload!.metadata!).map(([key, bytes]) => [key, base64(bytes)]));
  return { payloads: [{ metadata, data: base64(payload!.data!) }] };
}

async function ask(person: Principal, body: unknown, wanted: 'decode' | 'encode' = 'decode'): Promise<Wire> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const ctx = { req: Readable.from([Buffer.from(text)]), state: { correlationId: 'c' }, set: () => undefined };
  await answer(ctx as unknown as GatewayContext, person, wanted);
  return (ctx as unknown as { body: Wire }).body;
}

function valuesOf({ payloads }: Wire): unknown[] {
  return payloads.map(({ data }) => JSON.parse(Buffer.from(data, 'base64').toString()) as unknown);
}

describe('decode', () => {
  test.each<Role>(['operator', 'approver', 'auditor', 'admin'])('opens payloads for an %s', async (role) => {
    const opened = await ask(everywhere(role), await sealedFor(`plan/${PLAN}`, { servers: ['192.0.2.53'] }));
    expect(valuesOf(opened)).toEqual([{ servers: ['192.0.2.53'] }]);
  });

  test.each([
    ['a viewer', everywhere('viewer')],
    ['somebody without any role', personWith()],
    ['an approver of other devices', personWith({ roles: ['approver'], devices: [{ tags: ['south'] }] })],
  ])('leaves a plan sealed for %s, and audits nothing', async (_, person) => {
    const sealed = await sealedFor(`plan/${PLAN}`, { servers: ['192.0.2.53'] });
    expect(await ask(person, sealed)).toEqual(sealed);
    expect(audited).toEqual([]);
  });

  test('opens for an approver of some devices what is about those devices and nothing else', async () => {
    const person = personWith({ roles: ['approver'], devices: [{ tags: ['north'] }] });
    for (const workflow of [`plan/${PLAN}`, `rollout/${PLAN}`, `device-change/${NORTH}`, `snapshot/${NORTH}`]) {
      expect(valuesOf(await ask(person, await sealedFor(workflow, workflow)))).toEqual([workflow]);
    }
    for (const workflow of [`device-change/${SOUTH}`, 'plan/pln_unknown', 'something/else', null]) {
      const sealed = await sealedFor(workflow, 'hidden');
      expect(await ask(person, sealed)).toEqual(sealed);
    }
  });

  test('opens nothing for who writes a workflow of their own on it', async () => {
    const person = personWith({ roles: ['approver'], devices: [{ tags: ['north'] }] });
    const { payloads } = await sealedFor(`device-change/${SOUTH}`, 'hidden');
    const metadata = { ...payloads[0]!.metadata, owner: Buffer.from(`device-change/${NORTH}`).toString('base64') };
    const renamed = { payloads: [{ ...payloads[0]!, metadata }] };
    expect(await ask(person, renamed)).toEqual(renamed);
  });

  test('opens the others when one does not open, and leaves plain ones alone', async () => {
    const [good, bad] = [await sealedFor(`plan/${PLAN}`, 'good'), await sealedFor(`plan/${PLAN}`, 'bad')];
    const altered = { ...bad.payloads[0]!, data: `${bad.payloads[0]!.data.slice(0, -8)}AAAAAAA=` };
    const plain = { metadata: { encoding: Buffer.from('json/plain').toString('base64') }, data: 'InBsYWluIg==' };
    const { payloads } = await ask(everywhere('auditor'), { payloads: [altered, ...good.payloads, plain] });
    expect(payloads[0]).toEqual(altered);
    expect(valuesOf({ payloads: payloads.slice(1) })).toEqual(['good', 'plain']);
  });

  test('shows no secret that got into a payload by mistake', async () => {
    const sealed = await sealedFor(`plan/${PLAN}`, { password: 'hunter2', url: 'http://admin:hunter2@192.0.2.1/' });
    expect(JSON.stringify(valuesOf(await ask(everywhere('admin'), sealed)))).not.toContain('hunter2');
  });

  test('is audited once for a workflow that is read in many requests', async () => {
    const person = everywhere('auditor');
    for (let read = 0; read < 5; read += 1) await ask(person, await sealedFor(`plan/${PLAN}`, read));
    await ask(person, await sealedFor(`rollout/${PLAN}`, 'another'));
    expect(audited).toMatchObject([
      { action: 'payloads.read', actor: person.sub, outcome: 'ok', details: { workflows: [`plan/${PLAN}`] } },
      { details: { workflows: [`rollout/${PLAN}`] } },
    ]);
  });

  test('shows nothing when it cannot be audited', async () => {
    isAuditDown = true;
    const reading = ask(everywhere('admin'), await sealedFor(`plan/${PLAN}`, 'unseen'));
    await expect(reading).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  test.each([
    ['no JSON', 'not json'],
    ['no payloads', {}],
    ['data that is not base64', { payloads: [{ metadata: {}, data: '%%%' }] }],
    ['too many payloads', { payloads: Array.from({ length: 1_001 }, () => ({ data: '' })) }],
    ['more than 4 MiB', { payloads: [{ data: 'A'.repeat(4 * 1024 * 1024) }] }],
  ])('refuses %s', async (_, body) => {
    await expect(ask(everywhere('admin'), body)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});

test('encode gives back what it got, so that nobody gets bytes that count as sealed', async () => {
  const plain = { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'e30=' }] };
  expect(await ask(everywhere('admin'), plain, 'encode')).toEqual(plain);
});
