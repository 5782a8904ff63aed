import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { openWebhooks, readWebhooks } from '../../../../shared/platform/webhooks/webhook-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

async function written(yaml: string, secret = newSecret()): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'secret'), secret);
  const file = path.join(folder, 'webhooks.yaml');
  await writeFile(file, yaml.replaceAll('SECRET', path.join(folder, 'secret')));
  return file;
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

async function problemsOf(yaml: string, secret?: string): Promise<unknown> {
  const file = await written(yaml, secret);
  const error = await readWebhooks(file).catch((failure: unknown) => failure);
  if (!(error instanceof AppError)) throw new Error('the file was taken');
  expect(error.code).toBe('INVALID_CONFIGURATION');
  return ((error.details?.['problems'] ?? []) as string[]).map((problem) =>
    problem.replaceAll(path.dirname(file), 'DIR'),
  );
}

test('a webhooks file names endpoints, what each is told of, and when people are reminded', async () => {
  const file = await written(
    `endpoints:
  chat: { url: 'https://hooks.example.net/convoy?room=net', secretFile: SECRET }
  pager:
    url: http://10.0.0.7:9000/
    secretFile: SECRET
    events: [plan.approval_needed, rollout.failed]
    environments: [prod]
    allowPrivateAddress: true
escalation: { remindAfterSeconds: 600, escalateAfterSeconds: 3600, escalateTo: [pager] }`,
    `${newSecret()}\n${newSecret()}\n`,
  );
  const { endpoints, escalation } = await readWebhooks(file);
  expect(endpoints).toMatchObject([
    { name: 'chat', events: null, environments: null, allowPrivateAddress: false },
    { name: 'pager', events: ['plan.approval_needed', 'rollout.failed'], environments: ['prod'] },
  ]);
  expect(endpoints.map(({ keys }) => keys.length)).toEqual([2, 2]);
  expect(escalation).toEqual({ remindAfterSeconds: 600, escalateAfterSeconds: 3600, escalateTo: ['pager'] });
});

test.each<[string, string]>([
  ['http://127.0.0.1/', 'names a private address, 127.0.0.1'],
  ['https://localhost:9000/x', 'names a private address, localhost'],
  ['https://[::1]/', 'names a private address, [::1]'],
  ['https://[::ffff:10.1.2.3]/', 'names a private address'],
  ['https://169.254.169.254/latest', 'names a private address'],
  ['https://2130706433/', 'names a private address, 127.0.0.1'],
  ['http://hooks.example.net/', 'goes over http'],
])('the URL %s is refused: it %s', async (url, says) => {
  const problems = await problemsOf(`endpoints: { chat: { url: '${url}', secretFile: SECRET } }`);
  expect(problems).toEqual([expect.stringContaining(`endpoints.chat.url ${says}`)]);
});

test('all that is wrong with a file is said at once, each with what is allowed, and no secret', async () => {
  const wrong = await problemsOf(
    `endpoints:
  chat: { url: ftp://x, secretFile: SECRET, events: [plan.aproved], tokens: 1 }
escalation: { remindAfterSeconds: 0 }`,
  );
  expect(wrong).toEqual([
    expect.stringMatching(/^endpoints\.chat\.url: given "ftp:\/\/x", allowed is an https:\/\/ URL/),
    expect.stringMatching(/^endpoints\.chat\.events\[0\]: given "plan\.aproved".*Did you mean plan\.approved\?$/),
    expect.stringContaining('endpoints.chat.tokens is not known here'),
    expect.stringContaining('escalation.remindAfterSeconds: given 0, allowed is a whole number from 1 to 2592000.'),
  ]);
  expect(
    await problemsOf('escalation: { remindAfterSeconds: 700, escalateAfterSeconds: 600, escalateTo: [pager] }'),
  ).toEqual([
    'escalation.remindAfterSeconds is not before escalateAfterSeconds.',
    'escalation.escalateTo names "pager", which is no endpoint.',
  ]);
  const weak = await problemsOf(`endpoints: { chat: { url: 'https://a.example/', secretFile: SECRET } }`, 'hunter2');
  expect(weak).toEqual([expect.stringContaining('endpoints.chat.secretFile: line 1 is none; allowed is one secret')]);
  expect(JSON.stringify(weak)).not.toContain('hunter2');
  const absent = await problemsOf(`endpoints: { chat: { url: 'https://a.example/', secretFile: /nowhere/secret } }`);
  expect(absent).toEqual([expect.stringContaining('endpoints.chat.secretFile: ENOENT')]);
});

test('a file that is changed is taken anew, and one that cannot be used leaves what was there', async () => {
  const file = await written(`endpoints: { chat: { url: 'https://a.example/', secretFile: SECRET } }`);
  const logged: string[] = [];
  const log = {
    info: (_: unknown, text: string) => logged.push(text),
    error: (_: unknown, text: string) => logged.push(text),
  };
  const webhooks = await openWebhooks({ file, log: log as never, lookMs: 20 });
  onTestFinished(() => webhooks.close());
  await writeFile(file, 'endpoints: []');
  await waitUntil('the refusal', async () => logged.some((text) => text.includes('cannot be used')) || null);
  expect(webhooks.current().endpoints).toMatchObject([{ name: 'chat' }]);
  await writeFile(file, 'endpoints: {}');
  await waitUntil('the new file', async () => webhooks.current().endpoints.length === 0 || null);
});
