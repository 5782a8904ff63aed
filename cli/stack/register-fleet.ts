import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { loginAs } from './login-as.ts';
import type { Simulator } from './simulator.ts';
import { StackError } from './stack-error.ts';

/** How many registrations run at once; each makes the platform connect to the router. */
const CONCURRENCY = 8;

const Problem = z.object({
  code: z.string(),
  message: z.string(),
  details: z.object({ retryAfterSeconds: z.number().optional() }).optional(),
});

/**
 * Registers the simulated routers as lab devices through the platform's own API, as its administrator would. Routers
 * that are registered already are left as they are. Returns how many were new.
 */
export async function registerFleet(options: {
  apiUrl: string;
  issuer: string;
  simulator: Simulator;
}): Promise<{ added: number; known: number }> {
  const { accessToken } = await loginAs({
    issuer: options.issuer,
    user: 'admin@convoy.test',
    scope: 'openid email fleet:read fleet:admin',
    resource: options.apiUrl,
  });
  const waiting = [...options.simulator.routers];
  const counts = { added: 0, known: 0 };
  const worker = async (): Promise<void> => {
    for (let router = waiting.shift(); router; router = waiting.shift()) {
      const isNew = await register(options, accessToken, router);
      counts[isNew ? 'added' : 'known'] += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return counts;
}

async function register(
  options: { apiUrl: string; simulator: Simulator },
  accessToken: string,
  router: Simulator['routers'][number],
): Promise<boolean> {
  const response = await fetch(`${options.apiUrl}/devices`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: router.name,
      host: router.host,
      restPort: router.restPort,
      sshPort: router.sshPort,
      environment: 'lab',
      tags: ['simulated'],
      flags: { allowAdvancedWrites: true, allowProfessionalWorkflows: true },
      ...options.simulator.credentials,
    }),
    signal: AbortSignal.timeout(60_000),
  });
  const body: unknown = await response.json();
  if (response.ok) return true;
  const problem = Problem.safeParse(body).data;
  if (problem?.code === 'DEVICE_EXISTS') return false;
  // A large fleet is registered faster than one caller may ask.
  if (problem?.code === 'RATE_LIMITED' && problem.details?.retryAfterSeconds !== undefined) {
    await delay(problem.details.retryAfterSeconds * 1000);
    return register(options, accessToken, router);
  }
  throw new StackError(
    'NOT_READY',
    `the simulated router ${router.name} could not be registered: ${problem ? `${problem.code}, ${problem.message}` : `status ${response.status}`}`,
  );
}
