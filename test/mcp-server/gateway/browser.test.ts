import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startPlatform, type TestPlatform } from '../../support/platform.ts';
import { propose, reaches } from '../../support/plans.ts';
import { launchChromium } from './support/chromium.ts';
import { startGateway, type RunningGateway } from './support/start-gateway.ts';

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

async function openAs(user: string, path: string, at: RunningGateway = gateway): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${at.url}${path}`);
  await page.getByLabel('E-mail').fill(`${user}@convoy.test`);
  await page.getByLabel('Password').fill('convoy');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${at.url}/**`);
  return page;
}

test('an approver reads what a plan would do on its Temporal page and approves it in the dialog', async () => {
  const plan = await propose(platform, { requestedBy: 'operator@convoy.test' });
  const workflow = `/namespaces/${platform.namespace}/workflows/plan%2F${plan.planId}`;
  const page = await openAs('approver', workflow);
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));

  await page.getByText(plan.planId).first().waitFor();
  // Payloads are sealed in the store: the page has them opened by the gateway.
  await page.locator('.cm-line', { hasText: '"kind": "dns_ntp"' }).first().waitFor();
  // The card: what changes on which devices, and what to send.
  await page
    .getByRole('link', { name: 'User Metadata' })
    .or(page.getByRole('tab', { name: 'User Metadata' }))
    .first()
    .click();
  const cards = async (): Promise<string> => {
    const frames = page.frames().slice(1);
    return (await Promise.all(frames.map((frame) => frame.locator('body').innerText()))).join('\n');
  };
  await expect.poll(cards, { timeout: 20_000 }).toContain(plan.digest);
  const text = await cards();
  expect(text).toContain('Waiting for approval');
  expect(text).toMatch(/9\.9\.9\.9, ?149\.112\.112\.112/);
  for (const { name } of platform.devices) expect(text).toContain(name);

  // Whatever the page offers, the gateway refuses: sent as the page's own script would.
  const terminated = await page.evaluate(
    async (url) => (await fetch(url, { method: 'POST', body: '{}' })).status,
    `/api/v1/namespaces/${platform.namespace}/workflows/plan%2F${plan.planId}/terminate`,
  );
  expect(terminated).toBe(403);

  await sendSignal(page, 'approve', { digest: plan.digest, comment: 'looked at it' });
  const done = await reaches(platform, plan.planId, ['completed']);
  expect(done.approvals).toMatchObject([
    { by: 'approver@convoy.test', decision: 'approve', via: 'temporal-ui', comment: 'looked at it' },
  ]);
  expect(failures).toEqual([]);
}, 90_000);

test('a requester who tries to approve reads in the dialog why not', async () => {
  const plan = await propose(platform, { requestedBy: 'approver@convoy.test', input: { dnsServers: ['10.9.6.1'] } });
  const page = await openAs('approver', `/namespaces/${platform.namespace}/workflows/plan%2F${plan.planId}`);
  await sendSignal(page, 'approve', { digest: plan.digest, comment: '' });
  await page
    .getByText('You asked for this plan, so somebody else must approve it.')
    .first()
    .waitFor({ timeout: 15_000 });
  expect((await platform.database.plans.get(plan.planId))?.status).toBe('awaiting_approval');
}, 90_000);

test('an approver of some devices sees the page of a plan about them without a complaint', async () => {
  const plan = await propose(platform, { requestedBy: 'operator@convoy.test', input: { dnsServers: ['10.9.6.2'] } });
  const narrow = await startGateway({
    ...platform,
    access: {
      rules: [
        {
          when: { claim: 'email', equals: 'approver@convoy.test' },
          roles: ['approver'],
          devices: [{ environments: ['lab'] }],
        },
      ],
    },
  });
  onTestFinished(narrow.close);
  const path = `/namespaces/${platform.namespace}/workflows/plan%2F${plan.planId}`;
  const page = await openAs('approver', path, narrow);
  const refused: string[] = [];
  page.on('response', (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
  });
  await sendSignal(page, 'reject', { digest: plan.digest, comment: 'not now' });
  await reaches(platform, plan.planId, ['rejected']);
  await page
    .getByRole('link', { name: 'Relationships' })
    .or(page.getByRole('tab', { name: 'Relationships' }))
    .click();
  await page.waitForLoadState('networkidle');
  expect(refused).toEqual([]);
}, 90_000);

/** Fills in the UI's own dialog. */
async function sendSignal(page: Page, signal: string, input: unknown): Promise<void> {
  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.getByRole('menuitem', { name: 'Send a Signal' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a Signal' });
  await dialog.getByTestId('signal-select-button').click();
  await dialog.getByRole('option', { name: new RegExp(`^${signal}`) }).click();
  await dialog.getByRole('textbox').last().click();
  await page.keyboard.insertText(JSON.stringify(input));
  // Leaving the editor lays its text out anew, which moves the button from under a click that comes too soon.
  await dialog.getByText('Single JSON payload supported.').click();
  await dialog.locator('.cm-line', { hasText: '"digest":' }).waitFor();
  await dialog.getByRole('button', { name: 'Submit' }).click();
}
