import { readFile } from 'node:fs/promises';
import { Client as PostgresClient } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import type { Role } from '../../shared/domain/principal.ts';
import type { AccessRule } from '../../shared/domain/access-file.ts';
import { parseAccess } from '../../mcp-server/auth/parse-access.ts';
import { refuseReservedSubject } from '../../mcp-server/gateway/reserved-subject.ts';
import { createHttpBrowser } from '../mcp-server/gateway/support/http-browser.ts';
import { startGateway, type RunningGateway } from '../mcp-server/gateway/support/start-gateway.ts';
import { signalBody, signedInAt, workflowUrlAt } from '../mcp-server/gateway/support/ui-requests.ts';
import { decision, proposeSmall, refusalOf } from './support/small-plans.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { approve, meet, propose, reaches, signalAs, writesOf } from '../support/plans.ts';
import { testStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const ON_REQUEST = { rollout: { apply: 'on_request' as const } };

let platform: TestPlatform;
let gateway: RunningGateway;

beforeAll(async () => {
  platform = await startPlatform({ routers: 12 });
  gateway = await startGateway(platform);
  for (const name of ['anna', 'bert']) await meet(platform, name, ['approver']);
  await meet(platform, 'olga', ['operator', 'approver']);
}, 120_000);

afterAll(async () => {
  await gateway?.close();
  await platform?.stop();
});

async function embeddedRules(): Promise<AccessRule[]> {
  return parseAccess(await readFile(testStack().accessFile, 'utf8')).file?.rules ?? [];
}

const voteUrl = (plan: PreparedPlan): string =>
  workflowUrlAt(gateway.url, platform.namespace, plan.planId, 'signal/approve');

describe('a vote that was cast before', () => {
  test('counts once, however often its request is repeated at the same time', async () => {
    const plan = await propose(platform, { ...ON_REQUEST, requestedBy: 'operator@convoy.test' });
    expect(plan.approvalsNeeded).toBe(2);
    const browser = await signedInAt(gateway.url, 'approver');
    const request = signalBody(plan.planId, 'approve', decision(plan));
    const answers = await Promise.all(Array.from({ length: 6 }, () => browser.post(voteUrl(plan), request)));
    // Those that came when the first was counted already are refused at the gateway, the others by the plan.
    const sent = answers.filter(({ ok }) => ok).length;
    const refused = await waitUntil('every vote that was sent', async () => {
      const { approvals, refusedDecisions } = (await platform.database.plans.get(plan.planId))!;
      return approvals.length + refusedDecisions.length === sent ? refusedDecisions : undefined;
    });
    expect(refused.filter(({ code }) => code !== 'APPROVAL_DUPLICATE')).toEqual([]);
    const again = await browser.post(voteUrl(plan), request);
    expect(await again.json()).toMatchObject({ code: 'APPROVAL_DUPLICATE' });
    const row = await platform.database.plans.get(plan.planId);
    expect(row).toMatchObject({ status: 'awaiting_approval', approvals: [{ by: 'approver@convoy.test' }] });
  });

  test('is none on another plan', async () => {
    const first = await proposeSmall(platform, ON_REQUEST);
    const second = await proposeSmall(platform, ON_REQUEST);
    const browser = await signedInAt(gateway.url, 'approver');
    const elsewhere = await browser.post(voteUrl(second), signalBody(first.planId, 'approve', decision(first)));
    expect(await elsewhere.json()).toMatchObject({ code: 'APPROVAL_MALFORMED' });
    const stale = await browser.post(voteUrl(second), signalBody(second.planId, 'approve', decision(first)));
    expect(await stale.json()).toMatchObject({ code: 'APPROVAL_DIGEST_MISMATCH' });
    await signalAs(platform, 'anna', second.planId, 'approve', decision(first));
    expect(await refusalOf(platform, second)).toBe('APPROVAL_DIGEST_MISMATCH');
  });

  test('is none on the same change proposed again, whose digest is the same', async () => {
    const input = { dnsServers: ['10.9.3.1'] };
    const first = await proposeSmall(platform, { ...ON_REQUEST, input });
    await approve(platform, first);
    await reaches(platform, first.planId, ['approved']);
    const second = await proposeSmall(platform, { ...ON_REQUEST, input });
    expect(second.digest).toBe(first.digest);
    const browser = await signedInAt(gateway.url, 'approver');
    const replayed = await browser.post(voteUrl(second), signalBody(first.planId, 'approve', decision(first)));
    expect(await replayed.json()).toMatchObject({ code: 'APPROVAL_MALFORMED' });
    expect(await platform.database.plans.get(second.planId)).toMatchObject({
      status: 'awaiting_approval',
      approvals: [],
    });
  });

  test('is no vote on what the plan’s rows were made into afterwards, digest included', async () => {
    const plan = await proposeSmall(platform, ON_REQUEST);
    await approve(platform, plan);
    await reaches(platform, plan.planId, ['approved']);
    const client = new PostgresClient({ connectionString: platform.postgresUrl });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query(`update plan set digest = repeat('f', 64) where plan_id = $1`, [plan.planId]);
    await client.query(
      `update plan_device set steps = replace(steps::text, '10.9.', '10.6.')::json where plan_id = $1`,
      [plan.planId],
    );
    await platform.fleet.signalPlan(plan.planId, 'apply', { onBehalfOf: 'olga' });
    const failed = await reaches(platform, plan.planId, ['failed', 'completed']);
    expect(failed).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('PLAN_TAMPERED') });
    expect(Object.values(writesOf(platform, 'lab-01'))).toEqual([]);
  });
});

describe('one person', () => {
  async function meetAs(sub: string, email: string, roles: Role[]): Promise<void> {
    const grants = [{ roles, devices: [{ all: true as const }] }];
    await platform.database.people.seen({ sub, issuer: 'https://idp.example.test', email, name: sub, grants });
  }

  test('is not two approvers by having two subjects', async () => {
    const plan = await propose(platform, ON_REQUEST);
    expect(plan.approvalsNeeded).toBe(2);
    await meetAs('carl-at-the-browser', 'carl@example.test', ['approver']);
    await meetAs('carl-at-the-terminal', 'Carl@Example.Test', ['approver']);
    await signalAs(platform, 'carl-at-the-browser', plan.planId, 'approve', decision(plan));
    await signalAs(platform, 'carl-at-the-terminal', plan.planId, 'approve', decision(plan));
    expect(await refusalOf(platform, plan)).toBe('APPROVAL_DUPLICATE');
    expect((await platform.database.plans.get(plan.planId))?.status).toBe('awaiting_approval');
  });

  test('hears so from the gateway before anything is sent', async () => {
    const plan = await propose(platform, { ...ON_REQUEST, requestedBy: 'operator@convoy.test' });
    await meetAs('pairwise-approver', 'approver@convoy.test', ['approver']);
    await signalAs(platform, 'pairwise-approver', plan.planId, 'approve', decision(plan));
    await waitUntil('the vote', async () => (await platform.database.plans.get(plan.planId))?.approvals.length === 1);
    const browser = await signedInAt(gateway.url, 'approver');
    const answer = await browser.post(voteUrl(plan), signalBody(plan.planId, 'approve', decision(plan)));
    expect(await answer.json()).toMatchObject({ code: 'APPROVAL_DUPLICATE' });
  });
});

describe('somebody who is no approver any more', () => {
  test('cannot vote in the session that was begun as one, once the access file says so', async () => {
    const plan = await proposeSmall(platform, { ...ON_REQUEST, requestedBy: 'operator@convoy.test' });
    const browser = await signedInAt(gateway.url, 'approver');
    await gateway.close();
    const port = Number(new URL(gateway.url).port);
    const rule = {
      when: { claim: 'email', equals: 'approver@convoy.test' },
      roles: ['viewer' as const],
      devices: { all: true as const },
    };
    const withdrawn = await startGateway({ ...platform, port, access: { rules: [rule] } });
    const answer = await browser.post(voteUrl(plan), signalBody(plan.planId, 'approve', decision(plan)));
    await withdrawn.close();
    gateway = await startGateway({ ...platform, port });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'APPROVAL_ROLE_MISSING' });
  });

  test('has not voted when the role was gone before the vote was read', async () => {
    const plan = await proposeSmall(platform, ON_REQUEST);
    await meet(platform, 'dora', ['viewer']);
    await signalAs(platform, 'dora', plan.planId, 'approve', decision(plan), 'temporal-ui:anna@example.test');
    expect(await refusalOf(platform, plan)).toBe('APPROVAL_ROLE_MISSING');
  });

  test('has approved nothing once the access file says so, though nobody was seen since', async () => {
    const mayDecide = {
      when: { claim: 'groups', equals: 'deciders' },
      roles: ['approver' as const],
      devices: { all: true as const },
    };
    const embedded = await embeddedRules();
    await platform.database.accessFile.take({
      content: { rules: [...embedded, mayDecide] },
      digest: 'with deciders',
      since: new Date(Date.now() - 2),
    });
    for (const sub of ['fred', 'gina']) {
      const seen = { sub, issuer: 'https://idp.example.test', email: `${sub}@example.test`, name: sub };
      await platform.database.people.seen({ ...seen, grants: [], claims: { sub, groups: ['deciders'] } });
    }
    const plan = await proposeSmall(platform, ON_REQUEST);
    await signalAs(platform, 'fred', plan.planId, 'approve', decision(plan));
    await reaches(platform, plan.planId, ['approved']);
    const open = await proposeSmall(platform, ON_REQUEST);
    await platform.database.accessFile.take({ content: { rules: embedded }, digest: 'without', since: new Date() });

    await signalAs(platform, 'gina', open.planId, 'approve', decision(open));
    expect(await refusalOf(platform, open)).toBe('APPROVAL_ROLE_MISSING');
    await platform.fleet.signalPlan(plan.planId, 'apply', { onBehalfOf: 'olga' });
    const over = await reaches(platform, plan.planId, ['failed', 'completed']);
    expect(over).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('fred') });
    expect(Object.values(writesOf(platform, 'lab-01'))).toEqual([]);
  });

  test('has approved nothing that is still to be applied', async () => {
    const plan = await proposeSmall(platform, ON_REQUEST);
    await approve(platform, plan, 'emil');
    await reaches(platform, plan.planId, ['approved']);
    await meet(platform, 'emil', ['viewer']);
    await platform.fleet.signalPlan(plan.planId, 'apply', { onBehalfOf: 'olga' });
    const over = await reaches(platform, plan.planId, ['failed', 'completed']);
    expect(over).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('emil') });
    expect(Object.values(writesOf(platform, 'lab-01'))).toEqual([]);
  });
});

test('nobody signs in under the name of one of Convoy’s own processes', () => {
  for (const sub of ['svc-web', 'svc-worker', 'svc-admin', 'svc-']) {
    expect(() => refuseReservedSubject(sub)).toThrow(/Convoy's own/);
  }
  expect(() => refuseReservedSubject('svcadmin')).not.toThrow();
});

test('whoever signed out left nothing that votes', async () => {
  const plan = await proposeSmall(platform, { ...ON_REQUEST, requestedBy: 'operator@convoy.test' });
  const browser = await signedInAt(gateway.url, 'approver2');
  const stolen = createHttpBrowser();
  for (const [name, value] of browser.cookies) stolen.cookies.set(name, value);
  await browser.post(`${gateway.url}/oauth/logout`, '');
  const answer = await stolen.post(voteUrl(plan), signalBody(plan.planId, 'approve', decision(plan)));
  expect(answer.status).toBe(401);
  expect((await platform.database.plans.get(plan.planId))?.approvals).toEqual([]);
});
