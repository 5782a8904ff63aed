import { rmSync } from 'node:fs';
import { addService } from './convoy-services.ts';
import { createHome, type StackHome } from './home.ts';
import { watchInterrupts } from './interrupts.ts';
import { cleanLeftovers } from './leftovers.ts';
import { openProcesses } from './processes.ts';
import { runSteps } from './progress.ts';
import type { Service } from './services.ts';
import type { Simulator } from './simulator.ts';
import { removeStackFile, writeStackFile, type StackFile } from './stack-file.ts';
import { planStack, requireFreePorts, type StackOptions } from './stack-plan.ts';
import { describeStack, prepareState, type StackState } from './stack-state.ts';
import { stepsOf } from './stack-steps.ts';

/** A running stack. */
export interface Stack {
  home: StackHome;
  /** What `stack.json` holds now. */
  file(): StackFile;
  /** Convoy's own processes that run now. */
  services(): Service[];
  simulator: Simulator | undefined;
  /** Starts one more worker or web process, the latter on the same port as the others unless `env` says otherwise. */
  add(kind: 'worker' | 'web', env?: Readonly<Record<string, string>>): Promise<Service>;
  /** Stops everything in the reverse order of its start; a second call waits for the first. */
  stop(): Promise<void>;
  /** Resolves when the stack has been stopped, by `stop` or by a signal. */
  stopped: Promise<void>;
}

/**
 * Starts the embedded stack: PostgreSQL, Temporal and its UI, the identity provider, simulated routers, workers, web
 * processes and the approval gateway, each when the one before is ready. External parts named by the environment are
 * used instead of embedded ones. Whatever fails, nothing stays behind; StackError says what was wrong in one sentence.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const plan = await planStack(options);
  const home = await createHome(plan.homeRoot);
  const leftovers = await cleanLeftovers(home);
  if (leftovers) plan.say(leftovers);
  if (!plan.arePortsFree) await requireFreePorts(plan);

  const processes = openProcesses(home);
  const interrupt = new AbortController();
  const finished = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;
  let state: StackState | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      state?.supervisor.release();
      await processes.stopAll((name) => plan.say(`stopping ${name}`));
      await removeStackFile(home.stackFile);
      unwatch();
      finished.resolve();
    })();
    return stopping;
  };
  let isUp = false;
  const unwatch = watchInterrupts(plan.handleSignals, {
    first: () => {
      plan.say('stopping everything; Ctrl-C once more kills it at once');
      if (isUp) void stop();
      else interrupt.abort();
    },
    second: () => {
      processes.killAll();
      rmSync(home.stackFile, { force: true });
      process.exit(130);
    },
  });

  try {
    state = await prepareState(plan, home, processes);
    await runSteps(stepsOf(state), plan.say, interrupt.signal);
    await writeStackFile(home.stackFile, describeStack(state));
    isUp = true;
  } catch (error) {
    await stop();
    throw error;
  }
  const started = state;
  return {
    home,
    file: () => describeStack(started),
    services: () => started.supervisor.running(),
    simulator: started.simulator,
    add: async (kind, env) => {
      const service = await addService(started, kind, env);
      await writeStackFile(home.stackFile, describeStack(started));
      return service;
    },
    stop,
    stopped: finished.promise,
  };
}
