import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { startFrontEnd } from '../support/start-front-end.ts';

const PROGRAM = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json')),
  'clients/launcher/build/index.js',
);

/** Exit codes as the Inspector's manual has them. */
const OK = 0;
const NEEDS_TOKEN = 3;
const TOOL_REFUSED = 5;

interface Outcome {
  code: number;
  output: string;
}

/** Runs the Inspector's command line as somebody who checks a deployment does. */
async function inspect(args: string[], token: string | null): Promise<Outcome> {
  // It keeps settings in its user's home, which is nobody's here.
  const home = await mkdtemp(path.join(tmpdir(), 'inspector-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const header = token === null ? [] : ['--header', `Authorization: Bearer ${token}`];
  const argv = [PROGRAM, '--cli', ...args, '--format', 'json', ...header];
  return new Promise((resolve, reject) => {
    const options = { env: { PATH: process.env['PATH'], HOME: home, CI: '1' }, timeout: 60_000 };
    execFile(process.execPath, argv, options, (error, stdout, stderr) => {
      const code = error === null ? OK : error.code;
      if (typeof code === 'number') resolve({ code, output: `${stdout}${stderr}` });
      else reject(error ?? new Error('it did not end'));
    });
  });
}

describe("the MCP Inspector's command line", () => {
  it('lists and calls tools, and says by its exit code what went wrong', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const token = await front.tokenOf('operator');
    const server = [front.mcpUrl, '--transport', 'http'];
    const call = (name: string, ...args: string[]) => [
      ...server,
      '--method',
      'tools/call',
      '--tool-name',
      name,
      ...args,
    ];

    const [listed, read, refused, nobody] = await Promise.all([
      inspect([...server, '--method', 'tools/list'], token),
      inspect(call('get_dns_status', '--tool-arg', 'deviceId=lab-01'), token),
      inspect(call('get_dns_status', '--tool-arg', 'deviceId=nobody'), token),
      inspect([...server, '--method', 'tools/list'], null),
    ]);
    expect(listed.code, listed.output).toBe(OK);
    expect(listed.output).toContain('"plan_dns_ntp"');
    expect(read.code, read.output).toBe(OK);
    expect(read.output).toContain('1.1.1.1');
    expect(refused.code, refused.output).toBe(TOOL_REFUSED);
    expect(refused.output).toContain('DEVICE_NOT_FOUND');
    expect(nobody.code, nobody.output).toBe(NEEDS_TOKEN);
  });

  it.each(['legacy', 'modern'])('speaks the %s era of the protocol with it', async (protocolEra) => {
    const front = await startFrontEnd();
    const folder = await mkdtemp(path.join(tmpdir(), 'inspector-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const server = { type: 'streamable-http', url: front.mcpUrl, protocolEra };
    const config = path.join(folder, 'servers.json');
    await writeFile(config, JSON.stringify({ mcpServers: { convoy: server } }));
    const args = ['--config', config, '--server', 'convoy', '--method', 'tools/list'];
    const { code, output } = await inspect(args, await front.tokenOf('viewer'));
    expect(code, output).toBe(OK);
    expect(output).toContain('"list_devices"');
  });
});
