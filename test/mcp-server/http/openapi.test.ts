import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { callApi } from '../support/api-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

type Json = Record<string, unknown>;
interface Operation {
  operationId: string;
  parameters: { name?: string; in?: string; $ref?: string }[];
  responses: Record<string, Json>;
  security: Json[];
}

async function documentOf(front: TestFrontEnd): Promise<{ paths: Record<string, Record<string, Operation>> } & Json> {
  const response = await fetch(`${front.apiUrl}/openapi.json`);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  return (await response.json()) as Awaited<ReturnType<typeof documentOf>>;
}

it('is valid by its own standard, and every reference in it leads somewhere', async () => {
  const front = await startFrontEnd();
  const document = await documentOf(front);
  const validator = new Validator();
  expect((await validator.validate(structuredClone(document))).errors).toBeUndefined();
  expect(validator.version).toBe('3.1');
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to);
  expect(references.length).toBeGreaterThan(100);
  for (const to of new Set(references)) {
    expect(to).toMatch(/^#\//);
    const found = to
      .slice(2)
      .split('/')
      .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], document);
    expect([to, typeof found]).toEqual([to, 'object']);
  }
});

it('describes what is really answered: versions, links, places, refusals and who may call', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const { paths, components } = await documentOf(front);
  const at = (path: string, method: string): Operation => paths[path]![method]!;
  const headersOf = ({ responses }: Operation, status: number) => Object.keys(responses[status]?.['headers'] ?? {});
  expect(headersOf(at('/devices/{deviceId}', 'get'), 200)).toContain('ETag');
  expect(headersOf(at('/devices', 'get'), 200)).toContain('Link');
  expect(headersOf(at('/devices', 'post'), 201)).toContain('Location');
  expect(headersOf(at('/devices/{deviceId}', 'patch'), 200)).toContain('ETag');
  expect(at('/devices/{deviceId}', 'patch').parameters).toContainEqual({ $ref: '#/components/parameters/If-Match' });
  expect(at('/devices/{deviceId}', 'get').responses).toHaveProperty('304');
  expect(at('/devices', 'get').parameters.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['environment', 'tag', 'status', 'limit', 'cursor']),
  );
  expect(at('/devices', 'get').parameters.map(({ name }) => name)).not.toContain('selector');
  expect(at('/plans/{planId}/events', 'get').responses).toHaveProperty(['200', 'content', 'text/event-stream']);
  expect(at('/plans/{planId}/rollback', 'post').security).toEqual(
    expect.arrayContaining([{ oidc: [expect.any(String) as string] }]),
  );
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      for (const status of [401, 403, 422, 429, 500])
        expect([path, method, Object.keys(responses)]).toEqual([
          path,
          method,
          expect.arrayContaining([String(status)]),
        ]);
    }
  }
  const { Problem429, Problem404 } = (components as { responses: Record<string, Json> }).responses;
  expect(Object.keys(Problem429?.['headers'] as Json)).toContain('Retry-After');
  expect(JSON.stringify(Problem404)).toContain('"enum":["NOT_FOUND","DEVICE_NOT_FOUND"');
  expect(JSON.stringify(components)).toContain('"x-untrusted":true');

  const viewer = await front.tokenOf('viewer');
  const refused = await callApi(front, viewer, 'GET', '/devices/nobody');
  expect(Object.keys(at('/devices/{deviceId}', 'get').responses)).toContain(String(refused.status));
});
