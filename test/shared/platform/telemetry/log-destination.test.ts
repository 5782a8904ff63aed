import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { createLogDestination } from '../../../../shared/platform/telemetry/log-destination.ts';

/** A process that logs, counts what it lost and goes on; it says so on standard error. */
const PROGRAM = `
  const { createLogger } = await import(${JSON.stringify(new URL('../../../../shared/platform/telemetry/logger.ts', import.meta.url).href)});
  const { createMetrics } = await import(${JSON.stringify(new URL('../../../../shared/platform/telemetry/metrics.ts', import.meta.url).href)});
  const metrics = createMetrics();
  const log = createLogger({ name: 'probe', metrics });
  process.stdin.once('data', async () => {
    for (let line = 0; line < 3; line++) log.info({ line }, 'a line');
    const { values } = await metrics.logLinesLost.get();
    console.error('alive, lost ' + values[0].value);
    process.exit(0);
  });
  console.error('started');
`;

async function logTo(stdout: number | 'pipe', meanwhile: (stop: () => void) => void): Promise<[number | null, string]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { stdio: ['pipe', stdout, 'pipe'] });
  const said = text(child.stderr!);
  child.stderr!.once('data', () => {
    meanwhile(() => child.stdout?.destroy());
    child.stdin!.end('go\n');
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  return [code, await said];
}

it('a full disk costs log lines, is said once on standard error and counted, and ends no process', async () => {
  const full = openSync('/dev/full', 'w');
  const [code, said] = await logTo(full, () => {});
  closeSync(full);
  expect(said.match(/The log cannot be written \(ENOSPC\)/g)).toHaveLength(1);
  expect([code, said]).toEqual([0, expect.stringContaining('alive, lost 3') as string]);
});

it('a reader of the log that has gone ends no process', async () => {
  const [code, said] = await logTo('pipe', (closeReader) => closeReader());
  expect(said).toContain('The log cannot be written (EPIPE)');
  expect([code, said]).toEqual([0, expect.stringContaining('alive, lost 3') as string]);
});

it('when there is room again the log says how many lines are missing, and no line runs into another', () => {
  let isFull = false;
  let room = Infinity;
  let file = '';
  const warnings: string[] = [];
  const destination = createLogDestination({
    warn: (sentence) => warnings.push(sentence),
    write(_, bytes) {
      if (isFull || room === 0) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
      const part = Buffer.from(bytes).subarray(0, Math.min(room, bytes.length));
      file += part.toString();
      room -= part.length;
      return part.length;
    },
  });
  destination.write('{"line":1}\n');
  room = 4;
  destination.write('{"line":2}\n');
  isFull = true;
  destination.write('{"line":3}\n');
  isFull = false;
  room = Infinity;
  destination.write('{"line":4}\n');
  const [first, cut, missing, last, ...rest] = file.split('\n');
  expect([first, cut, last, rest]).toEqual(['{"line":1}', '{"li', '{"line":4}', ['']]);
  expect(JSON.parse(missing ?? '')).toMatchObject({ level: 'error', msg: 'log lines lost', lines: 2 });
  expect(warnings).toHaveLength(1);
});

it('a reader that is stuck is waited for once, and not with every line', () => {
  let tries = 0;
  const destination = createLogDestination({
    warn: () => {},
    write() {
      tries += 1;
      throw Object.assign(new Error('stuck'), { code: 'EAGAIN' });
    },
  });
  destination.write('{"line":1}\n');
  const first = tries;
  for (let line = 2; line < 12; line++) destination.write(`{"line":${line}}\n`);
  expect(first).toBeGreaterThan(10);
  expect(tries - first).toBeLessThanOrEqual(20);
});
