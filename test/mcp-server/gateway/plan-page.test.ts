import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startPlatform, type TestPlatform } from '../../support/platform.ts';
import { approve, propose, reaches } from '../../support/plans.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { launchChromium } from './support/chromium.ts';
import { createHttpBrowser } from './support/http-browser.ts';
import { startGateway, type RunningGateway } from './support/start-gateway.ts';

const OPERATOR = 'operator@convoy.test';

let platform: TestPlatform;
let gateway: RunningGateway;
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
  platform = await startPlatform({ routers: 3 });
  gateway = await startGateway(platform);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await gateway?.close();
  await platform?.stop();
});

async function openAs(user: string, path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${gateway.url}${path}`);
  await page.getByLabel('E-mail').fill(`${user}@convoy.test`);
  await page.getByLabel('Password').fill('convoy');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${gateway.url}/**`);
  return page;
}

test('an approver reads all of a plan on its page, approves it there, and follows it to its end', async () => {
  const plan = await propose(platform, { requestedBy: OPERATOR });
  const page = await openAs('approver', `/plans/${plan.planId}`);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));

  const text = await page.locator('main').innerText();
  expect(text).toContain('Waits for approval');
  expect(text).toContain(`3 devices in lab`);
  expect(text).toContain('9.9.9.9, 149.112.112.112');
  expect(text).toContain(`${OPERATOR}@example.test`);
  expect(text).toContain('A canary of 1 device, then 2 devices at once.');
  expect(text).toContain('If any device fails, its batch is put back and the rollout pauses');
  expect(text).toContain(plan.digest);
  for (const { name } of platform.devices) expect(text).toContain(name);

  await page.getByLabel('Why').fill('read it\nall of it');
  await page.getByRole('button', { name: 'Approve' }).click();
  // The page says that it was sent and loads itself anew.
  await page.getByText('Sent.').waitFor();
  const done = await reaches(platform, plan.planId, ['completed']);
  expect(done.approvals).toMatchObject([
    { by: 'approver@convoy.test', decision: 'approve', via: 'console', comment: 'read it\nall of it' },
  ]);
  await page.getByText('Completed').first().waitFor();
  expect(await page.locator('main').innerText()).toContain('3 changed of 3 devices');
  // What the policy of the page keeps from loading or running, the browser would complain about.
  expect(complaints).toEqual([]);
}, 180_000);

test('whoever asked for a plan sees why they cannot approve it, and may reject it only where they may decide', async () => {
  const own = await propose(platform, { requestedBy: 'approver@convoy.test', input: { dnsServers: ['10.9.5.1'] } });
  const page = await openAs('approver', `/plans/${own.planId}`);
  await page.getByText('You asked for it, so somebody else must approve it.').waitFor();
  expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Reject' }).click();
  await reaches(platform, own.planId, ['rejected']);
}, 180_000);

test('where votes must say why, a silent one is refused on the page', async () => {
  const plan = await propose(platform, { requestedBy: OPERATOR, input: { dnsServers: ['10.9.5.2'] } });
  const asDemanded = await startGateway({
    ...platform,
    database: {
      ...platform.database,
      plans: {
        ...platform.database.plans,
        get: async (planId) => {
          const stored = await platform.database.plans.get(planId);
          return stored === null ? null : { ...stored, approvalCommentRequired: true };
        },
      },
    },
  });
  onTestFinished(asDemanded.close);
  const person = createHttpBrowser();
  const url = `${asDemanded.url}/plans/${plan.planId}`;
  const shown = await (await person.signIn(url, 'approver')).text();
  expect(shown).toContain('Why (must be given)');
  const refused = await submit(person, url, { signal: 'approve', digest: plan.digest, comment: ' ' }, shown);
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain('must say why');
}, 60_000);

test('a form that another site sends, that was made for somebody else, or that names another digest decides nothing', async () => {
  const plan = await propose(platform, { requestedBy: OPERATOR, input: { dnsServers: ['10.9.5.3'] } });
  const url = `${gateway.url}/plans/${plan.planId}`;
  const person = createHttpBrowser();
  const other = createHttpBrowser();
  const shown = await (await person.signIn(url, 'approver')).text();
  const ofOther = await (await other.signIn(url, 'approver2')).text();
  const vote = { signal: 'approve', digest: plan.digest, comment: 'x' };

  const foreign = await submit(person, url, vote, shown, { origin: 'https://elsewhere.example' });
  expect(foreign.status).toBe(403);
  const borrowed = await submit(person, url, vote, ofOther);
  expect(borrowed.status).toBe(403);
  expect(await borrowed.text()).toContain('The form was not made for you here');
  const stale = await submit(person, url, { ...vote, digest: 'ab'.repeat(32) }, shown);
  expect(stale.status).toBe(409);
  const odd = await submit(person, url, { ...vote, signal: 'cancel' }, shown);
  expect(odd.status).toBe(422);

  expect(await platform.database.plans.get(plan.planId)).toMatchObject({
    status: 'awaiting_approval',
    approvals: [],
    refusedDecisions: [],
  });
  const refusals = await platform.database.audit.list({ planId: plan.planId, action: 'approval.refused', limit: 10 });
  expect(refusals.map(({ code, via }) => [code, via]).toReversed()).toEqual([
    ['FORBIDDEN', 'console'],
    ['APPROVAL_DIGEST_MISMATCH', 'console'],
  ]);
  // A plan that somebody may not see is not there for them.
  expect((await person.open(`${gateway.url}/plans/pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC`)).status).toBe(404);
  const headers = (await person.open(url)).headers;
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; frame-ancestors 'none'; base-uri 'none'; style-src 'sha256-[^ ]+'; form-action 'self'$/,
  );
  expect(headers.get('cache-control')).toBe('no-store');
}, 60_000);

test('a firewall rule is shown among those that it will stand between', async () => {
  const add = {
    op: 'add',
    chain: 'input',
    ruleId: 'allow-ntp',
    rule: { action: 'accept', protocol: 'udp', dstPort: '123', comment: 'NTP <for> us' },
    place: { before: { match: { action: 'drop', inInterfaceList: '!LAN' } } },
  };
  const plan = await propose(platform, {
    kind: 'firewall_filter',
    requestedBy: OPERATOR,
    input: { family: 'ipv4', changes: [add] },
  });
  const page = await openAs('approver', `/plans/${plan.planId}`);
  const group = page.locator('.group');
  expect(await group.locator('h4').innerText()).toBe(
    `Chain input of /ip/firewall/filter afterwards on ${platform.devices[0]!.name}`,
  );
  const rules = await group.locator('.rules tr').allInnerTexts();
  const at = rules.findIndex((rule) => rule.includes('NTP <for> us'));
  expect(rules[at]).toMatch(/added\s+action=accept protocol=udp dst-port=123 convoy:allow-ntp/);
  expect(rules[at + 1]).toContain('action=drop in-interface-list=!LAN');
  expect(rules[0]).toMatch(/\d rules as before/);
  expect(await group.innerText()).toContain('before [comment=defconf: drop all not coming from LAN]');
}, 60_000);

test('a route is shown among the others to its destination', async () => {
  const plan = await propose(platform, {
    kind: 'static_routes',
    requestedBy: OPERATOR,
    input: {
      routes: [
        { destination: '0.0.0.0/0', gateway: '192.168.88.253', distance: 5 },
        { destination: '198.51.100.0/24', blackhole: true },
      ],
      remove: [],
    },
  });
  const page = await openAs('approver', `/plans/${plan.planId}`);
  const group = page.locator('.group');
  const { name } = platform.devices[0]!;
  expect(await group.locator('h4').allInnerTexts()).toEqual([
    `Routes to 0.0.0.0/0 of /ip/route afterwards on ${name}`,
    `Routes to 198.51.100.0/24 of /ip/route afterwards on ${name}`,
  ]);
  const routes = await group.locator('.rules tr').allInnerTexts();
  expect(routes).toEqual([
    expect.stringMatching(/^\s*gateway=\S+ .*distance=1/),
    expect.stringMatching(/^added\s+gateway=192.168.88.253 .*distance=5/),
    expect.stringMatching(/^added\s+blackhole /),
  ]);
  expect(await group.innerText()).toMatch(/blackhole\s+\(set\)/);
}, 60_000);

test('devices are left out on the page, without any script, by the rules of the API', async () => {
  const plan = await propose(platform, {
    requestedBy: OPERATOR,
    input: { dnsServers: ['10.9.5.6'] },
    rollout: { apply: 'on_request' },
  });
  await approve(platform, plan);
  await reaches(platform, plan.planId, ['approved']);
  const [first, second, third] = platform.devices;
  const page = await openAs('approver', `/plans/${plan.planId}`, { javaScriptEnabled: false });
  expect(await page.locator('main').innerText()).toMatch(
    /The approval holds until \S+ \S+ UTC; it must have begun by then/,
  );
  await page.getByText('Leave devices out (3 not begun)').click();
  await page.getByLabel(first!.name).check();
  await page.getByLabel(second!.name).check();
  await page.locator('#skip-comment').fill('replaced next week');
  await page.getByRole('button', { name: 'Leave them out' }).click();
  await page.getByText('Sent.').waitFor();
  const statuses = async (): Promise<string[]> =>
    (await platform.database.plans.get(plan.planId))?.devices.map(({ status }) => status) ?? [];
  await waitUntil('the devices to be left out', async () => (await statuses()).includes('skipped'));
  expect(await statuses()).toEqual(['skipped', 'skipped', 'pending']);

  const person = createHttpBrowser();
  const url = `${gateway.url}/plans/${plan.planId}`;
  const shown = await (await person.signIn(url, 'approver')).text();
  expect(shown).toContain('replaced next week');
  const skip = { signal: 'skip', digest: plan.digest, comment: 'x' };
  const none = await submit(person, url, skip, shown);
  expect([none.status, await none.text()]).toEqual([422, expect.stringContaining('No device was chosen')]);
  const unknown = await submit(person, url, { ...skip, device: 'dev_elsewhere' }, shown);
  expect([unknown.status, await unknown.text()]).toEqual([422, expect.stringContaining('is no device of this plan')]);
  const again = await submit(person, url, { ...skip, device: first!.deviceId }, shown);
  expect([again.status, await again.text()]).toEqual([409, expect.stringContaining(`${first!.name} is skipped`)]);

  await platform.fleet.signalPlan(plan.planId, 'apply', { comment: '', onBehalfOf: OPERATOR });
  const done = await reaches(platform, plan.planId, ['completed']);
  expect(done.devices.map(({ name, status }) => [name, status])).toContainEqual([third!.name, 'applied']);
}, 180_000);

test('who signed in long ago is asked to sign in again before they decide', async () => {
  const plan = await propose(platform, { requestedBy: OPERATOR, input: { dnsServers: ['10.9.5.4'] } });
  const strict = await startGateway({ ...platform, freshSignInSeconds: 0 });
  onTestFinished(strict.close);
  const person = createHttpBrowser();
  const url = `${strict.url}/plans/${plan.planId}`;
  const shown = await (await person.signIn(url, 'approver')).text();
  expect(shown).toContain(`/oauth/login?returnTo=/plans/${plan.planId}`);
  expect(shown).not.toContain('<form');
}, 60_000);

/** Sends the form of a page that was loaded, as a browser does. */
async function submit(
  person: ReturnType<typeof createHttpBrowser>,
  url: string,
  fields: Record<string, string>,
  page: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const [, token = ''] = /name="token" value="([^"]+)"/.exec(page) ?? [];
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ ...fields, token }),
    headers: { cookie, accept: 'text/html', origin: new URL(url).origin, ...headers },
  });
}
