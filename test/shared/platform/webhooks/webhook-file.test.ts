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

test('an endpoint has quiet hours, groups, tags and a template, and a URL that is a secret of its own', async () => {
  const file = await written(
    `endpoints:
  chat:
    urlFile: SECRET
    template: slack
    tags: ['site:berlin']
    events: [device.status_changed, plan.approval_needed]
    quietHours: { timeZone: Europe/Berlin, from: '22:00', to: '07:00' }
  plain: { url: 'https://a.example/', secretFile: SECRET.key }`,
    'https://hooks.slack.example/services/T0/B0/hunter2\n',
  );
  await writeFile(path.join(path.dirname(file), 'secret.key'), newSecret());
  expect((await readWebhooks(file)).endpoints).toMatchObject([
    {
      url: 'https://hooks.slack.example/services/T0/B0/hunter2',
      isUrlSecret: true,
      template: 'slack',
      keys: [],
      tags: ['site:berlin'],
      groupSeconds: 360,
      quietHours: {
        days: expect.arrayContaining(['sun']) as string[],
        except: expect.arrayContaining(['rollout.failed']) as string[],
      },
    },
    { isUrlSecret: false, template: 'standard', tags: null, quietHours: null },
  ]);
});

test.each<[string, string]>([
  [`{ template: slack }`, 'endpoints.chat.url or urlFile is needed, and only one of them.'],
  [
    `{ url: 'https://a.example/' }`,
    'endpoints.chat.secretFile is needed, so that the endpoint can tell who posts to it.',
  ],
  [`{ urlFile: SECRET, template: teams }`, 'endpoints.chat.urlFile: what is in it names a private address, 10.0.0.7'],
  [
    `{ url: 'https://a.example/', template: slack, quietHours: { timeZone: Mars/Base, from: '22:00', to: '07:00' } }`,
    'endpoints.chat.quietHours.timeZone: given "Mars/Base", allowed is the IANA name of a time zone',
  ],
  [
    `{ url: 'https://a.example/', template: slack, quietHours: { timeZone: UTC, from: '07:00', to: '07:00' } }`,
    'endpoints.chat.quietHours.to is the same as "from", so that it would never be quiet',
  ],
  [
    `{ url: 'https://a.example/', template: slack, quietHours: { timeZone: UTC, from: '00:00', to: '24:00' } }`,
    'endpoints.chat.quietHours never end, so that nothing would be told',
  ],
  [
    `{ url: 'https://a.example/', template: slack, tags: [x], events: [plan.approved] }`,
    'endpoints.chat.tags has no effect, because no event of devices is among "events".',
  ],
  [
    `{ url: 'https://a.example/', template: slack, groupSeconds: 3601 }`,
    'endpoints.chat.groupSeconds: given 3601, allowed is a whole number from 0 to 3600.',
  ],
  [
    `{ url: 'https://a.example/', template: irc }`,
    'endpoints.chat.template: given "irc", allowed is one of standard, slack',
  ],
])('the endpoint %s is refused: %s', async (endpoint, says) => {
  const problems = await problemsOf(`endpoints: { chat: ${endpoint} }`, 'https://10.0.0.7/hunter2');
  expect(problems).toEqual([expect.stringContaining(says)]);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});
