import { expect, it } from 'vitest';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { DIGEST } from '../support/fleet-double.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

it('says who decided, who may, and whether the caller may', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const admin = await front.tokenOf('admin', { scope: 'fleet:read fleet:plan', aud: front.apiUrl });
  const plan = { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] };
  const planId = String((await callApi(front, admin, 'POST', '/plans/dns_ntp', plan)).body['planId']);
  const approvalsFor = async (token: string) => (await callApi(front, token, 'GET', `/plans/${planId}/approvals`)).body;
  const yes = { counts: true, code: null, message: null };
  const no = (code: string) => ({ counts: false, code, message: expect.any(String) as string });

  expect(await approvalsFor(admin)).toMatchObject({
    planId,
    status: 'awaiting_approval',
    digest: DIGEST,
    requestedBy: 'admin@convoy.test',
    approvalsNeeded: 1,
    approvalsGiven: 0,
    decisions: [],
    decidingRoles: ['approver', 'admin'],
    you: { approve: no('APPROVAL_BY_REQUESTER'), reject: yes },
    links: { temporal: expect.stringContaining(`plan%2F${planId}`) as string },
  });
  const approver = await front.tokenOf('approver');
  expect(await approvalsFor(approver)).toMatchObject({ you: { approve: yes, reject: yes } });
  expect(await approvalsFor(await front.tokenOf('operator'))).toMatchObject({
    you: { approve: no('APPROVAL_ROLE_MISSING'), reject: no('APPROVAL_ROLE_MISSING') },
  });
  // The same person at another client of the identity provider.
  const elsewhere = await front.issuer.token({ sub: 'other-sub', email: 'admin@convoy.test' });
  expect(await approvalsFor(elsewhere)).toMatchObject({ you: { approve: no('APPROVAL_BY_REQUESTER') } });

  const vote = { by: 'approver@convoy.test', at: '2031-01-01T00:00:00.000Z', decision: 'approve', via: 'cli' } as const;
  const refused = { eventId: 9, by: null, at: vote.at, decision: 'approve', code: 'APPROVAL_INVALID' } as const;
  await front.database.plans.patch({
    planId,
    status: 'awaiting_approval',
    approvals: [{ ...vote, comment: 'looks right' }],
    refusedDecisions: [{ ...refused, message: 'no' }],
  });
  expect(await approvalsFor(approver)).toMatchObject({
    approvalsGiven: 1,
    decisions: [{ by: 'approver@convoy.test', comment: 'looks right' }],
    refusedDecisions: [{ code: 'APPROVAL_INVALID' }],
    you: { approve: no('APPROVAL_DUPLICATE') },
  });
  await front.database.plans.patch({ planId, status: 'completed' });
  expect(
    await approvalsFor(await front.tokenOf('approver', { sub: 'fresh', email: 'approver@convoy.test' })),
  ).toMatchObject({ you: { approve: no('PLAN_STATE_CONFLICT'), reject: no('PLAN_STATE_CONFLICT') } });
});

it('is hidden with the plan', async () => {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const plan = { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] };
  const { body } = await callApi(front, await front.tokenOf('operator'), 'POST', '/plans/dns_ntp', plan);
  const north = await front.issuer.token({ sub: 'n', email: 'n@elsewhere.test', groups: ['branch-north'] });
  const { status } = await callApi(front, north, 'GET', `/plans/${String(body['planId'])}/approvals`);
  expect(status).toBe(404);
});
