import { expect, test } from 'vitest';
import { correlationIdOf } from '../../../../shared/platform/telemetry/correlation.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

test('takes a well-formed correlation id before a trace id', () => {
  const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
  expect(correlationIdOf({ 'x-correlation-id': 'ticket-4711.a', traceparent })).toBe('ticket-4711.a');
  expect(correlationIdOf({ traceparent })).toBe(TRACE_ID);
});

test.each([
  ['a short id', { 'x-correlation-id': 'abc' }],
  ['an id with other characters', { 'x-correlation-id': 'abcdefgh\n{"level":"fatal"}' }],
  ['a long id', { 'x-correlation-id': 'a'.repeat(65) }],
  ['two ids', { 'x-correlation-id': ['abcdefgh', 'ijklmnop'] }],
  ['a trace id of zeros', { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }],
  ['a parent id of zeros', { traceparent: `00-${TRACE_ID}-${'0'.repeat(16)}-01` }],
  ['version ff', { traceparent: `ff-${TRACE_ID}-00f067aa0ba902b7-01` }],
  ['upper case', { traceparent: `00-${TRACE_ID.toUpperCase()}-00f067aa0ba902b7-01` }],
  ['nothing', {}],
])('makes a new id from %s', (_, headers) => {
  const id = correlationIdOf(headers);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(id).not.toBe(TRACE_ID);
  expect(correlationIdOf(headers)).not.toBe(id);
});
