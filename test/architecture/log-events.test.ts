import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { LOG_EVENTS } from '../../shared/platform/telemetry/log-events.ts';
import { createLogger } from '../../shared/platform/telemetry/logger.ts';
import { listFiles, ROOT } from './source-files.ts';

const FOLDERS = ['shared', 'workflows', 'activities', 'worker', 'mcp-server'];
const LOG_CALL = /\b(?:log|logger)\??\.(?:fatal|error|warn|info|debug)\(/g;
const TEXT = /'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)"/g;

/** The messages that the log calls of a file write, as far as they are constant. */
function messagesIn(source: string): string[] {
  return [...source.matchAll(LOG_CALL)].flatMap(({ index, 0: { length } }) => {
    const given = withoutObjects(argumentsAt(source, index + length));
    return [...given.matchAll(TEXT)].map(({ groups }) =>
      (groups?.['single'] ?? groups?.['double'] ?? '').replaceAll('\\', ''),
    );
  });
}

function argumentsAt(source: string, start: number): string {
  let depth = 1;
  let end = start;
  for (; depth > 0 && end < source.length; end += 1) {
    if ('([{'.includes(source[end] ?? '')) depth += 1;
    if (')]}'.includes(source[end] ?? '')) depth -= 1;
  }
  return source.slice(start, end - 1);
}

/** Texts inside of fields are no messages. */
function withoutObjects(given: string): string {
  const less = given.replaceAll(/[{([][^{}()[\]]*[})\]]/g, '');
  return less === given ? given : withoutObjects(less);
}

const written = new Map<string, string>();
for (const folder of FOLDERS) {
  // oxlint-disable-next-line no-await-in-loop -- a handful of folders
  for (const file of await listFiles(folder, '.ts')) {
    // oxlint-disable-next-line no-await-in-loop -- small files
    for (const message of messagesIn(await readFile(path.join(ROOT, file), 'utf8'))) written.set(message, file);
  }
}

test('every message of a log line has a stable event in LOG_EVENTS', () => {
  const unknown = [...written].filter(([message]) => !LOG_EVENTS.has(message));
  expect(unknown.map(([message, file]) => `${file}: ${message}`)).toEqual([]);
});

test('LOG_EVENTS has no message that nobody writes', () => {
  const made = /^(?:web|gateway|worker) |^(?:access|policy|webhooks) file /;
  expect([...LOG_EVENTS.keys()].filter((message) => !written.has(message) && !made.test(message))).toEqual([]);
  for (const event of LOG_EVENTS.values()) expect(event).toMatch(/^[a-z]+(\.[a-z_]+)+$/);
});

test('a line has its event before its other fields, and an event of its own stays', () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    name: 'test',
    destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  log.info({ deviceId: 'dev_1' }, 'lane opened');
  log.child({ deviceId: 'dev_2' }).warn('traces exported again');
  log.info({ event: 'mine' }, 'lane opened');
  log.info('something else');
  expect(lines.map(({ event, deviceId, msg }) => ({ event, deviceId, msg }))).toEqual([
    { event: 'lane.opened', deviceId: 'dev_1', msg: 'lane opened' },
    { event: 'tracing.export_recovered', deviceId: 'dev_2', msg: 'traces exported again' },
    { event: 'mine', deviceId: undefined, msg: 'lane opened' },
    { event: undefined, deviceId: undefined, msg: 'something else' },
  ]);
});
