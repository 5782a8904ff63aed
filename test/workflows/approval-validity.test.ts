import { expect, it } from 'vitest';
import { approvalEndsAtMs, type ApprovalFacts } from '../../workflows/approval-validity.ts';
import { sayHolds, sayLapsed } from '../../workflows/say-lapsed.ts';

const FACTS: ApprovalFacts = {
  approvals: [
    { at: '2027-01-04T12:00:00.000Z', decision: 'approve' },
    { at: '2027-01-05T12:00:00.000Z', decision: 'approve' },
  ],
  validHours: 72,
  notBefore: undefined,
  opensAtMs: null,
};

it.each<[string, Partial<ApprovalFacts>, string]>([
  ['the last vote', {}, '2027-01-08T12:00:00.000Z'],
  ['a start that is asked for', { notBefore: '2027-02-01T00:00:00Z' }, '2027-02-04T00:00:00.000Z'],
  ['the window that was next', { opensAtMs: Date.parse('2027-01-09T20:00:00Z') }, '2027-01-12T20:00:00.000Z'],
  ['no start that is past by then', { notBefore: '2027-01-01T00:00:00Z', validHours: 0.5 }, '2027-01-05T12:30:00.000Z'],
])('approvals hold from %s', (_, facts, until) => {
  expect(new Date(approvalEndsAtMs({ ...FACTS, ...facts })).toISOString()).toBe(until);
});

it('they hold for ever in histories of versions that did not count, and nothing is said of it', () => {
  const ends = approvalEndsAtMs({ ...FACTS, validHours: undefined });
  expect(ends).toBe(Infinity);
  expect(sayHolds({ approvalEndsAtMs: ends })).toBe('');
});

it('names until when they held, for how long, and what to do', () => {
  const run = { approvalEndsAtMs: approvalEndsAtMs(FACTS), prepared: { approvalValidHours: 72 } as never };
  expect(sayLapsed(run)).toBe(
    'Its approval held until 2027-01-08T12:00:00.000Z (72 h, approvalValidHours of the policy). Make the plan anew: replan.',
  );
});
