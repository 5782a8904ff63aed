import { expect, test } from 'vitest';
import { redactExport } from '../../../shared/routeros/config-export.ts';
import { compareConfigurations, configurationObjects } from '../../../shared/routeros/configuration-objects.ts';
import { normalExport } from '../../../shared/routeros/normal-export.ts';
import { labConsole, VERSIONS } from '../../simulator/support/console.ts';

test.each(VERSIONS)('RouterOS %s exports the same when time went by and it only worked', async (version) => {
  const { run, router } = labConsole({ version });
  const configuration = async (): Promise<string> => normalExport(redactExport(await run('/export terse'))).text;
  const before = await configuration();
  for (const command of [
    '/log info message="a day"',
    '/ip firewall filter reset-counters-all',
    '/ip dns cache flush',
  ]) {
    await run(command);
    router.clock.advance(86_400);
    expect(await configuration()).toBe(before);
  }
  await run('/ip dns set servers=192.0.2.99');
  const after = await configuration();
  expect(after).not.toBe(before);
  expect(compareConfigurations(configurationObjects(before), configurationObjects(after))).toMatchObject([
    { menu: '/ip/dns', key: '', kind: 'changed', fields: ['servers'], after: { servers: '192.0.2.99' } },
  ]);
});
