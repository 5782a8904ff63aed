import { describe, expect, it } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { connectClient } from '../support/mcp-calls.ts';
import { callModern, FORMS, structuredOf } from '../support/modern-requests.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

const WITH_FORMS = { capabilities: FORMS };

async function start() {
  const front = await startFrontEnd();
  await addDevice(front.database, 'lab-01');
  const token = await front.tokenOf('operator');
  const plan = await callModern(front, token, 'plan_dns_ntp', { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] });
  return { front, token, planId: String(structuredOf(plan)['planId']) };
}

type Started = Awaited<ReturnType<typeof start>>;

async function question({ front, token, planId }: Started): Promise<string> {
  const { result } = await callModern(front, token, 'cancel_plan', { planId }, WITH_FORMS);
  expect(result['resultType']).toBe('input_required');
  return String(result['requestState']);
}

function reply(
  { front, token, planId }: Started,
  requestState: string,
  confirm: object,
  given: Record<string, unknown> = {},
) {
  const more = { requestState, inputResponses: { confirm } };
  return callModern(front, token, 'cancel_plan', { planId, ...given }, { ...WITH_FORMS, more });
}

const YES = { action: 'accept', content: { confirm: true } };

describe('a tool that asks first', () => {
  it('asks a client that has forms, in numbers and ids, and goes on with a yes', async () => {
    const started = await start();
    const { front, token, planId } = started;
    const { result } = await callModern(front, token, 'cancel_plan', { planId }, WITH_FORMS);
    expect(result).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        confirm: {
          method: 'elicitation/create',
          params: {
            message: `Cancel a plan: plan ${planId}, 1 devices, now awaiting_approval. Go on?`,
            requestedSchema: { type: 'object', required: ['confirm'] },
          },
        },
      },
    });
    expect(front.fleet.signals).toEqual([]);
    front.fleet.answers.signalPlan = (id) => front.database.plans.patch({ planId: id, status: 'cancelled' });
    const done = await reply(started, String(result['requestState']), YES);
    expect(structuredOf(done)).toMatchObject({ planId, status: 'cancelled' });
    expect(front.fleet.signals).toMatchObject([{ planId, signal: 'cancel' }]);
  });

  it('does nothing when the person refuses, records that, and does nothing when they only close the form', async () => {
    const started = await start();
    const { front } = started;
    const before = (await front.database.audit.list({ limit: 10 })).length;
    const state = await question(started);
    for (const answer of [
      { action: 'decline' },
      { action: 'accept', content: { confirm: false } },
      { action: 'cancel' },
    ]) {
      const refused = await reply(started, state, answer);
      expect(refused.result).toMatchObject({ isError: true, structuredContent: { code: 'NOT_CONFIRMED' } });
    }
    expect(front.fleet.signals).toEqual([]);
    const events = (await front.database.audit.list({ limit: 10 })).slice(0, -before);
    expect(events.map(({ action, outcome, code }) => [action, outcome, code])).toEqual([
      ['cancel_plan', 'refused', 'NOT_CONFIRMED'],
      ['cancel_plan', 'refused', 'NOT_CONFIRMED'],
    ]);
  });

  it('asks again when the answer is missing, or comes without a question', async () => {
    const started = await start();
    const { front, token, planId } = started;
    const more = { inputResponses: { confirm: YES } };
    const unasked = await callModern(front, token, 'cancel_plan', { planId }, { ...WITH_FORMS, more });
    expect(unasked.result['resultType']).toBe('input_required');
    const state = await question(started);
    const without = { requestState: state, inputResponses: {} };
    const unanswered = await callModern(front, token, 'cancel_plan', { planId }, { ...WITH_FORMS, more: without });
    expect(unanswered.result['resultType']).toBe('input_required');
    expect(front.fleet.signals).toEqual([]);
  });

  it('takes no state that was made for somebody else, another tool or other arguments, or by nobody', async () => {
    const started = await start();
    const { front, planId } = started;
    const state = await question(started);
    const foreign = { ...started, token: await front.tokenOf('admin') };
    const [head = '', body = '', mac = ''] = state.split('.');
    const forged = Buffer.from(body, 'base64url').toString().replace('cancel_plan', 'rollback_pl');
    const refused = [
      await reply(foreign, state, YES),
      await reply(started, state, YES, { comment: 'another' }),
      await callModern(
        front,
        started.token,
        'rollback_plan',
        { planId },
        { ...WITH_FORMS, more: { requestState: state, inputResponses: { confirm: YES } } },
      ),
      await reply(started, `${head}.${Buffer.from(forged).toString('base64url')}.${mac}`, YES),
      await reply(started, 'nonsense', YES),
    ];
    for (const { error } of refused)
      expect(error).toMatchObject({ code: -32_602, data: { reason: 'invalid_request_state' } });
    expect(front.fleet.signals).toEqual([]);
  });

  it('is refused by role and state before anybody is asked', async () => {
    const { front, planId } = await start();
    const viewer = await callModern(front, await front.tokenOf('viewer'), 'cancel_plan', { planId }, WITH_FORMS);
    expect(viewer.status).toBe(200);
    expect(viewer.result).toMatchObject({ isError: true, structuredContent: { code: 'FORBIDDEN' } });
  });
});

it('nobody is asked by clients that have no forms', async () => {
  const { front, token, planId } = await start();
  front.fleet.answers.signalPlan = (id) => front.database.plans.patch({ planId: id, status: 'paused' });
  const plain = await callModern(front, token, 'cancel_plan', { planId });
  expect(plain.result).toMatchObject({ resultType: 'complete', structuredContent: { planId } });
  const onlyUrl = { capabilities: { elicitation: { url: {} } } };
  await front.database.plans.patch({ planId, status: 'awaiting_approval' });
  expect((await callModern(front, token, 'cancel_plan', { planId }, onlyUrl)).result['resultType']).toBe('complete');
  await front.database.plans.patch({ planId, status: 'awaiting_approval' });
  const client = await connectClient(front, token);
  await client.callTool({ name: 'cancel_plan', arguments: { planId } });
  expect(front.fleet.signals).toHaveLength(3);
});
