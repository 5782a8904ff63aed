import { expect, it } from 'vitest';
import { startFrontEnd } from '../support/start-front-end.ts';

it('refuses bodies that no call could want, by name, before anything looks at them', async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('admin');
  const post = async (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body,
    });
    const { code, message } = (await response.json()) as { code?: string; message?: string };
    return [response.status, code, message];
  };
  const deep = `{"selector":{"tags":${'['.repeat(40)}${']'.repeat(40)}}}`;
  const abyss = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  const long = JSON.stringify({ deviceIds: Array.from({ length: 10_001 }, () => 'a') });
  const many = JSON.stringify({ a: Array.from({ length: 200 }, () => Array.from({ length: 600 }, () => 0)) });
  const cases: [string | Uint8Array<ArrayBuffer>, Record<string, string>, number, string, RegExp][] = [
    [deep, {}, 422, 'VALIDATION_ERROR', /^selector\.tags\[0\]\[0\]\[0\]…: is nested deeper than 32 levels\.$/],
    [abyss, {}, 422, 'VALIDATION_ERROR', /^a\[0\]\[0\]\[0\]\[0\]…: is nested deeper than 32 levels\.$/],
    [long, {}, 422, 'VALIDATION_ERROR', /^deviceIds: has 10001 elements; 10000 are allowed\.$/],
    [many, {}, 422, 'VALIDATION_ERROR', /^The body: holds more than 100000 values\.$/],
    [
      '{"x":{"__proto__":{"isAdmin":true}}}',
      {},
      422,
      'VALIDATION_ERROR',
      /^x\.__proto__: this field does not exist\.$/,
    ],
    ['{"dryRun":true,"dryRun":false}', {}, 422, 'VALIDATION_ERROR', /^dryRun: is there twice in one object\.$/],
    [
      String.raw`{"a":[{"b":"\"c\":","dryRun":true,"dry\u0052un" : false}]}`,
      {},
      422,
      'VALIDATION_ERROR',
      /^dryRun: is there twice in one object\.$/,
    ],
    ['{"a":1', {}, 400, 'VALIDATION_ERROR', /^The body is not valid JSON: /],
    [new Uint8Array([0x22, 0xff, 0x22]), {}, 400, 'VALIDATION_ERROR', /^The body is not valid UTF-8\.$/],
    ['{}', { 'content-encoding': 'gzip' }, 415, 'VALIDATION_ERROR', /^The body must not be compressed\.$/],
    ['{}', { 'content-type': 'text/plain' }, 415, 'VALIDATION_ERROR', /application\/json/],
    [`"${'x'.repeat(1024 * 1024)}"`, {}, 413, 'VALIDATION_ERROR', /^The body is larger than 1048576 bytes\.$/],
  ];
  for (const url of [front.mcpUrl, `${front.apiUrl}/fleet/read`]) {
    for (const [body, headers, status, code, message] of cases) {
      expect(await post(url, body, headers)).toEqual([status, code, expect.stringMatching(message)]);
    }
  }
});

it('explains a wrong type with what was given and what is wanted', async () => {
  const front = await startFrontEnd();
  const response = await fetch(`${front.apiUrl}/fleet/read`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await front.tokenOf('viewer')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 7, deviceIds: 'lab-01', timeoutSeconds: 31 }),
  });
  const { details } = (await response.json()) as { details: { problems: { path: string; message: string }[] } };
  expect(details.problems).toMatchObject([
    { path: 'operation', message: expect.stringContaining('a text is wanted') as string, given: '7' },
    { path: 'deviceIds', message: expect.stringContaining('a list is wanted') as string, given: '"lab-01"' },
    { path: 'timeoutSeconds', message: 'at most 30', given: '31' },
  ]);
});
