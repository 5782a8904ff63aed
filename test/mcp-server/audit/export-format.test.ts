import { expect, it } from 'vitest';
import { EXPORT_COLUMNS, exportHead, exportLine } from '../../../mcp-server/audit/export-format.ts';
import type { ActionRecord } from '../../../shared/platform/persistence/stores/audit-store.ts';

const RECORD: ActionRecord = {
  seq: 7,
  key: 'call/1',
  at: '2031-01-02T03:04:05.678Z',
  endedAt: null,
  action: 'update_dns_servers',
  actor: 'olga',
  actorEmail: null,
  clientId: null,
  via: 'mcp',
  authMethod: 'access-token',
  roles: ['operator', 'approver'],
  tier: 'advanced',
  planId: null,
  deviceId: 'dev_1',
  environment: 'lab',
  operation: 'update_dns_servers',
  outcome: 'requested',
  code: null,
  message: 'one "quoted", and\r\na second line',
  arguments: { dnsServers: ['192.0.2.53'] },
  argumentsDigest: null,
  details: null,
  correlationId: 'abcdefgh',
  traceId: null,
  hash: 'f'.repeat(64),
  outcomeSeq: null,
};

it('writes JSON Lines that are read back as they were', () => {
  const line = exportLine('jsonl', RECORD);
  expect(line.split('\n')).toHaveLength(2);
  expect(JSON.parse(line)).toEqual(RECORD);
  expect(exportHead('jsonl')).toBe('');
});

it('names every field of a record as a column', () => {
  expect([...EXPORT_COLUMNS].sort()).toEqual(Object.keys(RECORD).sort());
  expect(exportHead('csv')).toBe(`${EXPORT_COLUMNS.join(',')}\r\n`);
});

it('quotes what CSV would read as a separator', () => {
  const line = exportLine('csv', RECORD);
  expect(line).toContain('"one ""quoted"", and\r\na second line"');
  expect(line).toContain('"{""dnsServers"":[""192.0.2.53""]}"');
  expect(line).toContain(',operator approver,');
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('keeps %j from being a formula', (message) => {
  expect(exportLine('csv', { ...RECORD, message })).toMatch(/,"?'[=+\-@\t\r]/);
});
