import { expect, it } from 'vitest';
import { decodeTime } from 'ulid';
import { newCallId } from '../../../mcp-server/call/call-id.ts';

it('gives every call another name that tells its time, also when many come at once', () => {
  const before = Date.now();
  const ids = Array.from({ length: 5_000 }, newCallId);
  expect(new Set(ids).size).toBe(5_000);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(decodeTime(id)).toBeGreaterThanOrEqual(before);
  }
  expect(new Set(ids.map((id) => id.at(-1))).size).toBe(32);
});
