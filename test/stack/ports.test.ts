import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePorts, portsFrom, preferPorts, requireFreePort } from '../../cli/stack/ports.ts';

test('takes the documented ports when no variable says otherwise', () => {
  expect(portsFrom({})).toEqual({
    http: 8080,
    approval: 8081,
    idp: 9000,
    postgres: 5433,
    temporal: 7233,
    temporalHttp: 7243,
    simulator: 8700,
    simulatorRest: 20_001,
    simulatorSsh: 30_001,
    metrics: 9464,
  });
});

test('takes a port from its variable', () => {
  expect(portsFrom({ CONVOY_HTTP_PORT: '18080', CONVOY_IDP_PORT: '' })).toMatchObject({ http: 18_080, idp: 9000 });
});

test.each(['http', '0', '65536', '80 80', '-1', '8080.5'])('refuses %j as a port and names the variable', (given) => {
  expect(() => portsFrom({ CONVOY_IDP_PORT: given })).toThrow(
    expect.objectContaining({
      code: 'PORT_INVALID',
      message: `CONVOY_IDP_PORT is ${JSON.stringify(given)}; a port is a number from 1 to 65535`,
    }),
  );
});

test('refuses a taken port in one sentence with the port and the variable that moves it', async () => {
  const port = await occupyPort();
  await expect(requireFreePort('idp', port)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: `port ${port} on 127.0.0.1, wanted for the embedded identity provider, is taken by another program; stop that program or set CONVOY_IDP_PORT to a free port`,
  });
});

test('keeps preferred ports that are free and replaces those that are not', async () => {
  const taken = await occupyPort();
  const [free = 0] = await findFreePorts(1);
  const [first, second] = await preferPorts([free, taken]);
  expect(first).toBe(free);
  expect(second).not.toBe(taken);
});

async function occupyPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}
