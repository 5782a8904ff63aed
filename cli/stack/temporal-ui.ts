import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Processes } from './processes.ts';
import { httpOk, waitUntilReady } from './readiness.ts';

/** A running Temporal UI server; nobody but the approval gateway is meant to reach it. */
export interface TemporalUi {
  pid: number;
  url: string;
}

/**
 * Starts the Temporal UI on 127.0.0.1 without a login of its own: it forwards the Authorization header that the approval
 * gateway adds, and the Temporal server refuses whoever comes without one.
 */
export async function startTemporalUi(options: {
  processes: Processes;
  binary: string;
  temporalDir: string;
  temporalAddress: string;
  namespace: string;
  port: number;
  /** Origin under which browsers see the UI: the gateway's. */
  publicOrigin: string;
}): Promise<TemporalUi> {
  const configDir = path.join(options.temporalDir, 'ui');
  await mkdir(configDir, { recursive: true, mode: 0o700 });
  await writeFile(path.join(configDir, 'convoy.yaml'), uiConfig(options), { mode: 0o600 });
  const child = await options.processes.start({
    name: 'temporal-ui',
    command: options.binary,
    args: ['--root', options.temporalDir, '--config', 'ui', '--env', 'convoy', 'start'],
    cwd: options.temporalDir,
    graceMs: 3_000,
  });
  const url = `http://127.0.0.1:${options.port}`;
  await waitUntilReady(child, httpOk(`${url}/healthz`));
  return { pid: child.pid, url };
}

function uiConfig(options: { temporalAddress: string; namespace: string; port: number; publicOrigin: string }): string {
  return stringify({
    temporalGrpcAddress: options.temporalAddress,
    host: '127.0.0.1',
    port: options.port,
    enableUi: true,
    defaultNamespace: options.namespace,
    disableNewsFetch: true,
    // What the gateway refuses anyway is not offered either.
    startWorkflowDisabled: true,
    batchActionsDisabled: true,
    workflowTerminateDisabled: true,
    workflowCancelDisabled: true,
    workflowResetDisabled: true,
    workflowPauseDisabled: true,
    workflowUpdateDisabled: true,
    activityCommandsDisabled: true,
    // The development stack is served over plain HTTP on loopback.
    cors: { cookieInsecure: true, allowOrigins: [options.publicOrigin] },
    // The gateway's own: the path is the same whatever its origin, and its session cookie goes along.
    codec: { endpoint: '/codec', passAccessToken: false },
    auth: { enabled: false },
  });
}
