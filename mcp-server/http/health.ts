import { toErrorBody } from '../../shared/errors/app-error.ts';
import type { WebMiddleware } from './web-state.ts';

/** Something the front end cannot work without; `check` fails when it is not there. */
export interface Dependency {
  name: string;
  check: () => Promise<void>;
}

const CHECK_MS = 3000;

interface Readiness {
  status: 'ready' | 'not_ready';
  dependencies: Record<string, { status: 'ok' } | { status: 'down'; code: string; message: string }>;
}

/** `/healthz`: the process lives. `/readyz`: what it depends on answers too; 503 when something does not. */
export function health(dependencies: readonly Dependency[], draining: AbortSignal): WebMiddleware {
  const check = oneAtATime(() => readinessOf(dependencies));
  return async (ctx, next) => {
    if (ctx.path === '/healthz') {
      ctx.state.route = ctx.path;
      ctx.body = { status: 'ok' };
    } else if (ctx.path === '/readyz') {
      ctx.state.route = ctx.path;
      const readiness = await check();
      const isReady = readiness.status === 'ready' && !draining.aborted;
      ctx.status = isReady ? 200 : 503;
      ctx.body = draining.aborted ? { ...readiness, status: 'draining' } : readiness;
    } else {
      await next();
    }
  };
}

async function readinessOf(dependencies: readonly Dependency[]): Promise<Readiness> {
  const states = await Promise.all(dependencies.map(async ({ name, check }) => [name, await stateOf(check)] as const));
  const isReady = states.every(([, { status }]) => status === 'ok');
  return { status: isReady ? 'ready' : 'not_ready', dependencies: Object.fromEntries(states) };
}

async function stateOf(check: () => Promise<void>): Promise<Readiness['dependencies'][string]> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer')), CHECK_MS);
  try {
    await Promise.race([check(), late]);
    return { status: 'ok' };
  } catch (error) {
    // The sentence of the code, never the failure's own text: this page needs no token.
    const { code } = toErrorBody(error);
    return {
      status: 'down',
      code,
      message: code === 'INTERNAL_ERROR' ? 'It does not answer.' : toErrorBody(error).message,
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Everybody may ask, so however many do, the dependencies are asked once at a time. */
function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}
