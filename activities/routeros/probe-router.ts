import type { ProbeReply } from '../../shared/contract/lane-messages.ts';
import type { TlsTrust } from '../../shared/domain/device.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { toRequiredText } from '../../shared/routeros/values.ts';
import { openRouter } from './open-router.ts';
import { probeSsh } from './probe-ssh.ts';
import { failureOf } from './refusals.ts';
import { ROUTER_LIMITS, type RouterTarget } from './router-target.ts';
import { shownCertificate } from './shown-certificate.ts';

/** A candidate for registration. */
export interface ProbeTarget extends Omit<RouterTarget, 'tls' | 'ssh'> {
  /** Null: the certificate that is shown is trusted from here on, and its fingerprint reported. */
  tls: TlsTrust | null;
  /** Null: not over SSH. Without a host key, the one that is shown is trusted from here on. */
  ssh?: { port: number; hostKey: string | null } | null;
  signal?: AbortSignal;
}

/** Logs in and asks the router what it is. Fails with the same codes as the router port. */
export async function probeRouter(target: ProbeTarget): Promise<ProbeReply> {
  const fingerprint256 = await fingerprintOf(target);
  const tls = target.tls ?? { mode: 'pinned' as const, fingerprint256: fingerprint256 ?? '' };
  const { router, ...opened } = openRouter({ ...target, tls, ssh: null, paths: PATHS, effect: 'read' });
  try {
    const resource = await router.get('/system/resource');
    const identity = await router.get('/system/identity');
    const board = await routerboard(router);
    const marks = {
      identity: toRequiredText(identity['name'], 'name'),
      version: toRequiredText(resource['version'], 'version'),
      serialNumber: board['serial-number'] ?? null,
    };
    return {
      ...marks,
      sshHostKey: target.ssh ? await probeSsh({ ...target, ...target.ssh }, marks) : null,
      model: board['model'] ?? resource['board-name'] ?? null,
      fingerprint256,
    };
  } finally {
    await opened.close();
  }
}

const PATHS = ['/system/resource', '/system/identity', '/system/routerboard'];

async function fingerprintOf({ tls, host, restPort, limits, signal }: ProbeTarget): Promise<string | null> {
  if (tls?.mode === 'plaintext') return null;
  if (tls?.mode === 'pinned') return tls.fingerprint256;
  const timeoutMs = limits?.connectTimeoutMs ?? ROUTER_LIMITS.connectTimeoutMs;
  try {
    return await shownCertificate({ host, restPort, timeoutMs, signal });
  } catch (error) {
    throw failureOf(error, { menu: '/', effect: 'read' });
  }
}

/** Virtual routers have no such menu. */
async function routerboard(router: Router): Promise<RouterRecord> {
  try {
    return await router.get('/system/routerboard');
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_UNSUPPORTED') return {};
    throw error;
  }
}
