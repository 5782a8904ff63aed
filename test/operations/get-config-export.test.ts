import { expect, test } from 'vitest';
import { getConfigExport } from '../../shared/operations/configuration/get-config-export.ts';
import type { ExportOptions } from '../../shared/routeros/config-export.ts';
import { cannedRouter } from './canned-router.ts';

async function read(text: string, input: Record<string, unknown> = {}) {
  const asked: ExportOptions[] = [];
  const router = {
    ...cannedRouter({}),
    exportConfiguration: async (options: ExportOptions) => {
      asked.push(options);
      return { text, transport: 'ssh' as const };
    },
  };
  const output = getConfigExport.output.parse(
    await getConfigExport.handler(router, getConfigExport.input.parse(input)),
  );
  return { asked, output };
}

const HEADER = '# 2026-09-27 12:09:43 by RouterOS 7.20.8\n# software id = A0AA-AAA0\n#\n# model = L009UiGS\n';
const numbered = (count: number, length = 10): string =>
  Array.from({ length: count }, (_, at) => `${String(at).padEnd(length, '.')}\n`).join('');

test('an export is its lines and what the router says about itself, with the way it was got by', async () => {
  const { asked, output } = await read(`${HEADER}/ip dns set servers=9.9.9.9\n# ether2 not ready\n`, { menu: '/ip' });
  expect(asked).toEqual([{ menu: '/ip', format: 'terse' }]);
  expect(output).toEqual({
    localTime: '2026-09-27 12:09:43',
    version: '7.20.8',
    softwareId: 'A0AA-AAA0',
    model: 'L009UiGS',
    serialNumber: null,
    lines: ['/ip dns set servers=9.9.9.9'],
    total: 1,
    nextOffset: null,
    complete: true,
    failures: [],
    notes: ['# ether2 not ready'],
    transport: 'ssh',
  });
});

test('an export in which the router left a menu out says so', async () => {
  const failure = '#error exporting "/interface/wifi" (timeout)';
  expect((await read(`${HEADER}${failure}\n/ip dns set servers=9.9.9.9\n`)).output).toMatchObject({
    complete: false,
    failures: [failure],
    total: 1,
  });
});

test('a long export comes in parts', async () => {
  const text = `${HEADER}${numbered(450)}`;
  const first = (await read(text)).output;
  expect(first).toMatchObject({ total: 450, nextOffset: 200 });
  expect(first['lines']).toHaveLength(200);
  const last = (await read(text, { offset: 400, limit: 200 })).output;
  expect(last).toMatchObject({ total: 450, nextOffset: null });
  expect((last['lines'] as string[])[0]).toBe('400.......');
  expect((await read(text, { offset: 450 })).output).toMatchObject({ lines: [], nextOffset: null });
});

test('an answer stays small, however long the lines are, and the rest can be asked for', async () => {
  const text = `${HEADER}${numbered(100, 30_000)}`;
  const { output } = await read(text, { limit: 1_000 });
  const lines = output['lines'] as string[];
  expect(output).toMatchObject({ total: 100, nextOffset: lines.length });
  expect(lines.join('').length).toBeLessThanOrEqual(80_000);
  expect(lines.every((line) => line.length <= 4_000 && line.endsWith('…'))).toBe(true);
  const rest = (await read(text, { limit: 1_000, offset: lines.length })).output;
  expect((rest['lines'] as string[])[0]?.startsWith(`${lines.length}.`)).toBe(true);
});

test('text of the router is printable, wherever it stands', async () => {
  const { output } = await read(
    `# 2026-09-27 12:09:43 by RouterOS 7.20.8\u202E\n# model = L009\u202E\n# note\u202E\n/ip dns set comment=\u202Ex\n`,
  );
  expect(JSON.stringify(output)).not.toContain('\u202E');
});

test.each([
  { menu: '/system/reboot' },
  { menu: '/ip/dns;/system/reboot' },
  { menu: '/ip/dns\n' },
  { menu: '' },
  { format: 'verbose' },
  { format: 'terse file=x' },
  { limit: 0 },
  { limit: 1_001 },
  { offset: -1 },
  { file: 'x' },
])('%j is refused before a router is asked', (input) => {
  expect(getConfigExport.input.safeParse(input).success).toBe(false);
});

test('a refused menu is answered with the menus that there are', () => {
  const refused = getConfigExport.input.safeParse({ menu: '/ip/firewal' });
  expect(refused.error?.issues[0]?.message).toContain('"/ip/firewall/filter"');
});
