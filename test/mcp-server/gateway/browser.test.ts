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

async function openAs(user: string, path: string): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${gateway.url}${path}`);
  await page.getByLabel('E-mail').fill(`${user}@convoy.test`);
  await page.getByLabel('Password').fill('convoy');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${gateway.url}/**`);
  return page;
}

test('an approver reads what a plan would do on its Temporal page and approves it in the dialog', async () => {
  const plan = await propose(platform, { requestedBy: 'operator@convoy.test' });
  const workflow = `/namespaces/${platform.namespace}/workflows/plan%2F${plan.planId}`;
  const page = await openAs('approver', workflow);
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));

  await page.getByText(plan.planId).first().waitFor();
  // The card: what changes on which devices, and what to send.
  await page
    .getByRole('link', { name: /user metadata/i })
    .or(page.getByRole('tab', { name: /user metadata/i }))
    .first()
    .click();
  const card = page.frameLocator('iframe').locator('body');
  await expect.poll(async () => (await card.allInnerTexts()).join('\n'), { timeout: 20_000 }).toContain(plan.digest);

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

/** Fills in the UI's own dialog. */
async function sendSignal(page: Page, signal: string, input: unknown): Promise<void> {
  await page
    .getByRole('button', { name: /more actions|workflow actions/i })
    .first()
    .click();
  await page.getByRole('menuitem', { name: /send a signal/i }).click();
  const dialog = page
    .getByRole('alertdialog', { name: /send a signal/i })
    .or(page.getByRole('dialog', { name: /send a signal/i }));
  await dialog.first().waitFor();
  await page.locator('#signal-select').first().click();
  await page
    .getByRole('option', { name: new RegExp(`^${signal}`) })
    .first()
    .click();
  const editor = dialog.locator('.cm-content').first();
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(JSON.stringify(input));
  await dialog.getByRole('button', { name: 'Submit' }).click();
}
