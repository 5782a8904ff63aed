import { test } from 'vitest';
import { startPlatform } from '../../support/platform.ts';
import { propose } from '../../support/plans.ts';
import { launchChromium } from './support/chromium.ts';
import { startGateway } from './support/start-gateway.ts';
test('probe', async () => {
  const browser = await launchChromium();
  const platform = await startPlatform({ routers: 2 });
  const gateway = await startGateway(platform);
  const plan = await propose(platform, { requestedBy: 'operator@convoy.test' });
  const page = await browser.newPage();
  const seen: string[] = [];
  page.on('response', (r) => { const u = new URL(r.url()); if (u.origin===gateway.url && (u.pathname.startsWith('/api') || u.pathname.startsWith('/render')|| !u.pathname.startsWith('/_app'))) seen.push(`${r.status()} ${r.request().method()} ${u.pathname.replace(platform.namespace,'NS')}${u.search.slice(0,80)}`); });
  await page.goto(`${gateway.url}/namespaces/${platform.namespace}/workflows/plan%2F${plan.planId}`);
  await page.getByLabel('E-mail').fill(`approver@convoy.test`);
  await page.getByLabel('Password').fill('convoy');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(plan.planId).first().waitFor();
  await page.waitForTimeout(3000);
  for (const n of ['History','Relationships','Workers','Pending Activities','Call Stack','Queries','User Metadata']) {
    await page.getByRole('link', { name: n }).or(page.getByRole('tab', { name: n })).first().click().catch(()=>{});
    await page.waitForTimeout(800);
    seen.push('--- ' + n);
  }
  console.log(seen.join('\n'));
  await browser.close(); await gateway.close(); await platform.stop();
}, 90_000);
