import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../e2e/support/webhook-receiver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCli } from './support/run-cli.ts';

test('a secret is made, a file checked, and an endpoint tried, without the secret in any of it', async () => {
  const folder = await temporaryFolder();
  const made = await runCli(['webhook', 'secret']);
  const secret = made.stdout.trim();
  const secretFile = path.join(folder, 'secret');
  await writeFile(secretFile, secret);
  const receiver = await startReceiver(secret);
  onTestFinished(() => receiver.close());
  const file = path.join(folder, 'webhooks.yaml');
  const endpoint = `{ url: '${receiver.url}', secretFile: '${secretFile}', allowPrivateAddress: true }`;
  await writeFile(file, `endpoints: { chat: ${endpoint} }`);

  const checked = await runCli(['webhook', 'check', file, '--json']);
  expect(JSON.parse(checked.stdout)).toMatchObject({
    problems: [],
    endpoints: [{ name: 'chat', url: receiver.url, secrets: 1 }],
  });
  const tried = await runCli(['webhook', 'test', file, 'chat']);
  expect(tried).toMatchObject({ code: 0, stdout: expect.stringContaining('chat took the event evt_') as string });
  expect(receiver.events).toMatchObject([{ type: 'webhook.test' }]);
  // A chat tool is told in its own form, of whatever is asked for; of a URL that is a secret nothing is shown.
  const urlFile = path.join(folder, 'url');
  await writeFile(urlFile, receiver.url);
  const discord = `{ urlFile: '${urlFile}', secretFile: '${secretFile}', allowPrivateAddress: true, template: discord,
    quietHours: { timeZone: Europe/Berlin, from: '22:00', to: '07:00' } }`;
  await writeFile(file, `endpoints: { chat: ${discord} }`);
  const shown = await runCli(['webhook', 'check', file]);
  expect(shown.stdout).toContain('every day 22:00 to 07:00 Europe/Berlin');
  expect(shown.stdout).not.toContain('/hook');
  const sampled = await runCli(['webhook', 'test', file, 'chat', '--event', 'device.status_changed']);
  expect(sampled.code).toBe(0);
  expect(receiver.events.at(-1)?.body).toMatchObject({
    embeds: [{ title: String.raw`Site example\: 2 devices unreachable` }],
  });
  expect(receiver.forged).toBe(0);
  expect(checked.stdout + tried.stdout + tried.stderr).not.toContain(secret.slice(6));

  await writeFile(file, `endpoints: { chat: ${endpoint.replace(', allowPrivateAddress: true', '')} }`);
  const refused = await runCli(['webhook', 'check', file]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('- endpoints.chat.url names a private address, 127.0.0.1');
}, 240_000);
