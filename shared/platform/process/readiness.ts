import { CONVOY_VERSION } from './version.ts';
import { toErrorBody } from '../../errors/app-error.ts';

/** Something a process depends on. */
export interface Dependency {
  name: string;
  /** Fails when the process cannot do without it; the message of an AppError is shown to everybody. */
  check: () => Promise<Condition | void>;
}

/** How a dependency that is there is. */
export interface Condition {
  /** Worth knowing of it, never a secret. */
  facts?: Readonly<Record<string, string | number | boolean>>;
  /** Why it is worse than it should be, in a sentence; the process goes on with what is left. */
  degraded?: string | undefined;
}

export type DependencyState =
  | { status: 'ok'; [fact: string]: string | number | boolean }
  | { status: 'degraded'; message: string; [fact: string]: string | number | boolean }
  | { status: 'down'; code: string; message: string };

export interface Readiness {
  /** `draining`: the process was told to end, whatever its dependencies say. */
  status: 'ready' | 'not_ready' | 'draining';
  /** Of Convoy. */
  version: string;
  dependencies: Record<string, DependencyState>;
}

/** What `/readyz` answers: 200 only while the process is ready. */
export type ReadReadiness = () => Promise<{ httpStatus: 200 | 503; readiness: Readiness }>;

const CHECK_MS = 3000;

/** Asks every dependency, each for three seconds at most. Everybody may ask, so however many do they are asked once at a time. */
export function createReadiness(dependencies: readonly Dependency[], draining: AbortSignal): ReadReadiness {
  const ask = oneAtATime(() => statesOf(dependencies));
  return async () => {
    const states = await ask();
    const isUp = Object.values(states).every(({ status }) => status !== 'down');
    const status = draining.aborted ? 'draining' : isUp ? 'ready' : 'not_ready';
    return {
      httpStatus: status === 'ready' ? 200 : 503,
      readiness: { status, version: CONVOY_VERSION, dependencies: states },
    };
  };
}

async function statesOf(dependencies: readonly Dependency[]): Promise<Readiness['dependencies']> {
  const states = await Promise.all(dependencies.map(async ({ name, check }) => [name, await stateOf(check)] as const));
  return Object.fromEntries(states);
}

async function stateOf(check: Dependency['check']): Promise<DependencyState> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer')), CHECK_MS);
  try {
    const { facts, degraded } = (await Promise.race([check(), late])) ?? {};
    return degraded === undefined ? { ...facts, status: 'ok' } : { ...facts, status: 'degraded', message: degraded };
  } catch (error) {
    // The sentence of the code, never the failure's own text: this page needs no token.
    const { code, message } = toErrorBody(error);
    return { status: 'down', code, message: code === 'INTERNAL_ERROR' ? 'It does not answer.' : message };
  } finally {
    clearTimeout(timer);
  }
}

function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}
