import { expect, test } from 'vitest';
import { messageOfUiSignal, parseMessage } from '../../../mcp-server/gateway/signal-body.ts';
import { AppError } from '../../../shared/errors/app-error.ts';

const PLAN = 'pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC';
const DIGEST = 'ab'.repeat(32);

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** As Temporal UI 2.54 posts it. */
function uiBody(input: unknown, more: Record<string, unknown> = {}): string {
  const payload = { metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(input)) };
  return JSON.stringify({
    signalName: 'approve',
    input: { payloads: [payload] },
    workflowExecution: { workflowId: `plan/${PLAN}`, runId: 'run-1' },
    ...more,
  });
}

function refusalOf(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('reads the decision and the run that the page showed', () => {
  const body = uiBody({ digest: DIGEST, comment: 'fine' }, { identity: 'somebody@else' });
  expect(messageOfUiSignal('approve', PLAN, body)).toEqual({ digest: DIGEST, comment: 'fine', runId: 'run-1' });
});

test('takes a control without any input', () => {
  const body = JSON.stringify({ signalName: 'pause', input: { payloads: [] } });
  expect(messageOfUiSignal('pause', PLAN, body)).toEqual({ digest: null, comment: '', runId: null });
  expect(messageOfUiSignal('pause', PLAN, uiBody('', { signalName: 'pause' }))).toMatchObject({ comment: '' });
});

test.each([
  ['no JSON', 'approve', 'not a signal'],
  ['no input', JSON.stringify({ signalName: 'approve' }), '"digest" is missing'],
  ['a digest that is none', uiBody({ digest: 'abc' }), '"digest" is "abc"'],
  ['a bare text', uiBody('yes'), 'must be one JSON object'],
  ['a list', uiBody([{ digest: DIGEST }]), 'must be one JSON object'],
  ['an unknown field', uiBody({ digest: DIGEST, force: true }), 'There is no field "force"'],
  ['another signal inside', uiBody({ digest: DIGEST }, { signalName: 'reject' }), 'the request says "reject"'],
  [
    'another workflow inside',
    uiBody({ digest: DIGEST }, { workflowExecution: { workflowId: 'plan/other' } }),
    'different workflows',
  ],
  [
    'two payloads',
    uiBody(
      {},
      {
        input: {
          payloads: [
            { metadata: {}, data: '' },
            { metadata: {}, data: '' },
          ],
        },
      },
    ),
    'one JSON object',
  ],
  [
    'binary input',
    uiBody({}, { input: { payloads: [{ metadata: { encoding: base64('binary/plain') }, data: '' }] } }),
    'encoded as JSON',
  ],
])('refuses %s with an example of what is right', (_what, body, sentence) => {
  const refusal = refusalOf(() => messageOfUiSignal('approve', PLAN, body));
  expect(refusal.code).toBe('APPROVAL_MALFORMED');
  expect(refusal.message).toContain(sentence);
  expect(refusal.message).toContain('{"digest": "<the plan\'s digest>", "comment": "why"}');
});

test('lets nobody speak for somebody else', () => {
  const refusal = refusalOf(() => parseMessage('abort', { comment: '', onBehalfOf: 'ada' }));
  expect(refusal.code).toBe('VALIDATION_ERROR');
  expect(refusal.message).toContain('There is no field "onBehalfOf"');
});

test.each(['one\0two', '\ud83d'])('takes no comment that cannot be stored: %j', (comment) => {
  for (const [signal, message] of [
    ['approve', { digest: 'ab'.repeat(32), comment }],
    ['pause', { comment }],
  ] as const) {
    const refusal = refusalOf(() => parseMessage(signal, message));
    expect(refusal.code).toBe('VALIDATION_ERROR');
    expect(refusal.message).toMatch(/^comment: the text holds a character that is none/);
  }
});

test.each([
  ['skip', { deviceIds: ['dev_1'], comment: 'no' }, { digest: null, comment: 'no', deviceIds: ['dev_1'] }],
  ['retry', {}, { digest: null, comment: '' }],
  ['retry', { deviceIds: ['dev_1'] }, { digest: null, comment: '', deviceIds: ['dev_1'] }],
] as const)('reads the devices that %s names: %j', (signal, message, expected) => {
  expect(parseMessage(signal, message)).toEqual(expected);
});

test('wants to know which devices are left out, and says how', () => {
  const refusal = refusalOf(() => parseMessage('skip', { comment: 'no' }));
  expect(refusal).toMatchObject({
    code: 'VALIDATION_ERROR',
    message: expect.stringContaining('"deviceIds" is missing'),
  });
  expect(refusal.message).toContain('{"deviceIds": ["dev_…"], "comment": "why"}');
  expect(refusalOf(() => parseMessage('pause', { deviceIds: ['dev_1'] })).message).toContain('no field "deviceIds"');
});
