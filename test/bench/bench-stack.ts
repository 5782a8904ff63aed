import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loginAs } from '../../cli/stack/login-as.ts';
import type { StackFile } from '../../cli/stack/stack-file.ts';
import { startStack, type Stack } from '../../cli/stack/start-stack.ts';
import { openMcpSession, type McpSession } from '../../cli/tour/mcp-session.ts';

/** A running stack with a signed-in operator. */
export interface BenchStack {
  stack: Stack;
  file: StackFile;
  mcp: McpSession;
  /** By name. */
  deviceIds: string[];
}

export interface BenchStackOptions {
  routers: number;
  /** Default true. */
  fastDoor?: boolean;
  /** Default 2. */
  workers?: number;
  /** Front ends. Default 2. */
  webs?: number;
  /** Settings of the processes, besides those of this process's environment. */
  env?: Readonly<Record<string, string>>;
  say: (line: string) => void;
}

/** Starts a whole stack of its own, measures, and leaves nothing behind. */
export async function withStack<T>(
  { routers, fastDoor = true, workers = 2, webs = 2, env, say }: BenchStackOptions,
  measure: (running: BenchStack) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(path.join(tmpdir(), 'convoy-bench-'));
  await chmod(home, 0o711);
  // Processes are killed on purpose here; the launcher must not bring them back behind our back.
  const stack = await startStack({
    home,
    env: { ...process.env, ...env },
    ports: 'free',
    routers,
    fastDoor,
    workers,
    webs,
    restarts: false,
    say,
  });
  try {
    const file = stack.file();
    const mcp = await openMcpSession(file.mcpUrl, await tokenOf(file, 'operator@convoy.test'));
    const result = await measure({ stack, file, mcp, deviceIds: await allDevices(mcp) });
    await mcp.close();
    return result;
  } finally {
    await stack.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** An access token for MCP of one of the embedded people. */
export async function tokenOf({ oidc, mcpUrl }: StackFile, user: string): Promise<string> {
  const { accessToken } = await loginAs({
    issuer: oidc.issuer,
    clientId: 'convoy-mcp',
    user,
    scope: 'openid email fleet:read fleet:write fleet:plan',
    resource: mcpUrl,
  });
  return accessToken;
}

/** From now on every simulated router takes so long to answer, milliseconds. */
export async function setLatency({ simulator }: StackFile, latencyMs: number): Promise<void> {
  for (const { name } of simulator?.devices ?? []) {
    await fetch(`${simulator?.controlUrl}/devices/${name}/latency`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ latencyMs }),
    });
  }
}

async function allDevices(mcp: McpSession): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await mcp.call<{ devices: { deviceId: string }[]; nextCursor?: string | null }>('list_devices', {
      limit: 100,
      ...(cursor ? { cursor } : {}),
    });
    ids.push(...page.devices.map(({ deviceId }) => deviceId));
    cursor = page.nextCursor;
  } while (cursor);
  return ids;
}
