import { describe, expect, test } from 'vitest';
import { kindOfRequest } from '../../../mcp-server/gateway/requests.ts';

const PLAN = 'pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC';
const BASE = '/api/v1/namespaces/convoy/workflows';

describe('which requests the gateway lets through', () => {
  test.each(['approve', 'reject', 'pause', 'resume', 'abort', 'skip', 'retry', 'rollback'])(
    'lets %s through to a plan',
    (signal) => {
      for (const slash of ['%2F', '%2f', '/']) {
        const kind = kindOfRequest('POST', `${BASE}/plan${slash}${PLAN}/signal/${signal}`, 'convoy');
        expect(kind).toEqual({ kind: 'signal', planId: PLAN, signal });
      }
    },
  );

  test('takes every GET as browsing', () => {
    expect(kindOfRequest('GET', '/namespaces/convoy/workflows', 'convoy')).toEqual({ kind: 'browse' });
    expect(kindOfRequest('GET', `${BASE}/plan%2F${PLAN}/signal/approve`, 'convoy')).toEqual({ kind: 'browse' });
  });

  test('takes a query as reading, although it is a POST', () => {
    const url = `${BASE}/plan%2F${PLAN}/query/__temporal_workflow_metadata?execution.runId=1`;
    expect(kindOfRequest('POST', url, 'convoy')).toEqual({ kind: 'query' });
  });

  test('knows what the UI asks of a codec server, and only that', () => {
    for (const wanted of ['decode', 'encode']) {
      const url = `/codec/${wanted}?preserveStorageRefs=true`;
      expect(kindOfRequest('POST', url, 'convoy')).toEqual({ kind: 'codec', wanted });
    }
    for (const url of ['/codec/download', '/codec/decode/', '/codec//decode', '/x/codec/decode']) {
      expect(kindOfRequest('POST', url, 'convoy').kind).toBe('refused');
    }
  });

  test.each([
    ['terminate', 'POST', `${BASE}/plan%2F${PLAN}/terminate`],
    ['cancel', 'POST', `${BASE}/plan%2F${PLAN}/cancel`],
    ['reset', 'POST', `${BASE}/plan%2F${PLAN}/reset`],
    ['an update', 'POST', `${BASE}/plan%2F${PLAN}/update/prepared`],
    ['starting a workflow', 'POST', `${BASE}/plan%2F${PLAN}`],
    ['a signal that only the platform sends', 'POST', `${BASE}/plan%2F${PLAN}/signal/rolloutNotice`],
    ['the signals of the front end', 'POST', `${BASE}/plan%2F${PLAN}/signal/cancel`],
    ['a signal to another workflow', 'POST', `${BASE}/rollout%2F${PLAN}/signal/pause`],
    ['a signal to something that is no plan id', 'POST', `${BASE}/plan%2Fx/signal/approve`],
    ['a doubly encoded slash', 'POST', `${BASE}/plan%252F${PLAN}/signal/approve`],
    ['a path that climbs', 'POST', `${BASE}/plan%2F${PLAN}/signal/approve/../../terminate`],
    ['an encoded climb', 'POST', `${BASE}/plan%2F${PLAN}%2F..%2Fx/signal/approve`],
    ['another namespace', 'POST', `/api/v1/namespaces/temporal-system/workflows/plan%2F${PLAN}/signal/approve`],
    ['a query of another namespace', 'POST', '/api/v1/namespaces/temporal-system/workflows/x/query/y'],
    ['another method', 'PUT', `${BASE}/plan%2F${PLAN}/signal/approve`],
    ['a batch operation', 'POST', '/api/v1/namespaces/convoy/batch-operations/x'],
    ['a schedule', 'POST', '/api/v1/namespaces/convoy/schedules/x'],
    ['completing an activity', 'POST', '/api/v1/namespaces/convoy/activities/complete'],
    ['deleting', 'DELETE', '/api/v1/namespaces/convoy/schedules/x'],
  ])('refuses %s', (_what, method, url) => {
    expect(kindOfRequest(method, url, 'convoy').kind).toBe('refused');
  });

  test('does not take a dot in the namespace for any character', () => {
    const url = `/api/v1/namespaces/conXvoy/workflows/plan%2F${PLAN}/signal/approve`;
    expect(kindOfRequest('POST', url, 'con.voy').kind).toBe('refused');
  });

  test('names what was refused', () => {
    expect(kindOfRequest('POST', `${BASE}/plan%2F${PLAN}/terminate`, 'convoy')).toEqual({
      kind: 'refused',
      wanted: '"terminate"',
    });
    expect(kindOfRequest('POST', `${BASE}/plan%2F${PLAN}/signal/cancel`, 'convoy')).toEqual({
      kind: 'refused',
      wanted: 'the signal "cancel"',
    });
  });
});
