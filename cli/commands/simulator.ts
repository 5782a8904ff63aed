import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';

const program = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

/** `convoy simulator`: the simulator's own program, flags and all. */
export function simulatorCommand(): Command {
  return new Command('simulator')
    .description('simulated routers only: prints where they are and stays up; --help lists its flags')
    .allowUnknownOption()
    .passThroughOptions()
    .allowExcessArguments()
    .helpOption(false)
    .argument('[flags...]', 'flags of the simulator, such as --routers 3 --json')
    .action(async (flags: string[]) => {
      // The channel tells the child to stop when this process dies.
      const child = spawn(process.execPath, [program, ...flags], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
      // Ctrl-C reaches the child by itself; this process only waits for it to have stopped.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
      const [code] = (await once(child, 'exit')) as [number | null];
      process.exitCode = code ?? 1;
    });
}
