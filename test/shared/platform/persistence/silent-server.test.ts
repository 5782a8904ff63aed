import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createOrm } from '../../../../shared/platform/persistence/orm.ts';
import { createUnits } from '../../../../shared/platform/persistence/units.ts';
import { migratedDatabase } from '../../../support/database.ts';

/** The database behind a wire that can be made to lose everything, as when a host hangs. */
async function databaseBehindWire() {
  const migrated = await migratedDatabase();
  onTestFinished(() => migrated.drop());
  const { hostname, port } = new URL(migrated.url);
  let isSilent = false;
  const wire = createServer((client) => {
    const server = connect(Number(port), hostname);
    client.on('data', (data) => isSilent || server.write(data));
    server.on('data', (data) => isSilent || client.write(data));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  onTestFinished(() => void wire.close());
  const url = new URL(migrated.url);
  url.host = `127.0.0.1:${(wire.address() as AddressInfo).port}`;
  return { url: url.href, silence: () => (isSilent = true) };
}

it('a call to a server that fell silent ends as unavailable, and does not wait for ever', async () => {
  const { url, silence } = await databaseBehindWire();
  const units = createUnits(createOrm({ url, poolMax: 1, statementTimeoutMs: 50 }));
  onTestFinished(() => units.close());
  const ask = () => units.run((em) => em.execute('select 1 as one'));
  expect(await ask()).toEqual([{ one: 1 }]);
  silence();
  await expect(ask()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
});
