import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { CHECKS } from '../../../cli/commands/doctor/checks.ts';
import { findSurroundings } from '../../../cli/commands/doctor/surroundings.ts';

async function finding(temporalHttpUrl: string | undefined) {
  const surroundings = await findSurroundings({ CONVOY_HOME: '/nowhere', CONVOY_TEMPORAL_HTTP_URL: temporalHttpUrl });
  return CHECKS.find(({ name }) => name === 'fast door')?.check(surroundings);
}

test('the fast door is well where the server answers anything at all, and where there is none', async () => {
  const server = createServer((_, response) => response.writeHead(404).end());
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await finding(url)).toEqual({ ok: true, sentence: `${url} answers.` });
  expect(await finding(undefined)).toMatchObject({
    ok: true,
    sentence: expect.stringContaining('is not set') as string,
  });
});

test('a fast door that nobody answers at is named with what to do', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  expect(await finding(url)).toMatchObject({
    ok: false,
    sentence: `${url} does not answer; reads take the slower way.`,
    advice: expect.stringContaining('CONVOY_TEMPORAL_HTTP_URL') as string,
  });
});
