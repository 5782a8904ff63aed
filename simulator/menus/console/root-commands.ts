import type { Arguments, Caller, CommandDefinition, Reply, RouterView } from '../../engine/definition.ts';
import { badRequest, missingArgument, notPermitted, unknownParameter } from '../../engine/router-error.ts';

/** The commands of the root directory that a program may give: each runs as if it was typed on the console. */
export const ROOT_COMMANDS: Readonly<Record<string, CommandDefinition>> = {
  execute: {
    policy: 'read',
    parameters: ['script', 'as-string', 'file'],
    run: (args, router, caller, signal) => {
      const script = args.get('script');
      if (script === undefined) throw missingArgument('script');
      return args.has('as-string') ? runToText(router, caller, script, signal) : startJob(router, caller, script);
    },
  },
  import: {
    policy: 'read',
    parameters: ['file-name', 'from-line', 'verbose', 'dry-run'],
    run: (args, router, caller, signal) => {
      if (!args.has('file-name')) throw missingArgument('file-name');
      return runQuietly(router, caller, commandLine('/import', args), signal);
    },
  },
};

/** Exports a directory for a program: what it may give is checked here, as the console would word it otherwise. */
export function exportQuietly(
  router: RouterView,
  caller: Caller,
  path: readonly string[],
  args: Arguments,
  signal: AbortSignal,
): Promise<Reply> {
  for (const name of args.keys()) if (!EXPORT_PARAMETERS.has(name)) throw unknownParameter(name);
  const plain = new Map([...args].map(([name, value]) => [name, typeof value === 'string' ? value : value.join(',')]));
  return runQuietly(router, caller, commandLine(`/${[...path, 'export'].join('/')}`, plain), signal);
}

const EXPORT_PARAMETERS = new Set(['compact', 'file', 'hide-sensitive', 'show-sensitive', 'terse', 'verbose']);

/** `/export file="x" terse` */
function commandLine(command: string, args: ReadonlyMap<string, string>): string {
  const words = [...args].map(([name, value]) => (value === '' ? name : `${name}=${quoted(value)}`));
  return [command, ...words].join(' ');
}

function quoted(value: string): string {
  const escaped = value.replaceAll(/[\\"$]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
  return `"${escaped.replaceAll('\r', String.raw`\r`)}"`;
}

function startJob(router: RouterView, caller: Caller, script: string): Reply {
  // Nobody hears how it ends.
  const ret = router.runScript(script, { caller, onFailure: () => undefined });
  return { kind: 'done', ret };
}

/** Errors are text like all that is printed. After the time limit of the session the script is ended. */
async function runToText(router: RouterView, caller: Caller, script: string, signal: AbortSignal): Promise<Reply> {
  const lines: string[] = [];
  const failure = await outcome(router, caller, script, signal, (line) => lines.push(line));
  if (failure) lines.push(failure.report);
  return { kind: 'done', ret: lines.join('\r\n') };
}

/** Runs a command whose text output a program does not get; its failure is one of the request. */
async function runQuietly(router: RouterView, caller: Caller, line: string, signal: AbortSignal): Promise<Reply> {
  const failure = await outcome(router, caller, line, signal, () => undefined);
  if (failure?.text === PERMISSIONS) throw notPermitted();
  if (failure) throw badRequest(failure.text);
  return { kind: 'done' };
}

const PERMISSIONS = 'not enough permissions (9)';

type Failure = { readonly report: string; readonly text: string };

/** How a script ended; undefined when nothing failed. Rejects when the session ended it. */
function outcome(
  router: RouterView,
  caller: Caller,
  script: string,
  signal: AbortSignal,
  output: (line: string) => void,
): Promise<Failure | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Failure | undefined>();
  router.runScript(script, {
    caller,
    output,
    signal,
    onDone: () => resolve(undefined),
    onFailure: (report, text) => (signal.aborted ? reject(signal.reason as Error) : resolve({ report, text })),
  });
  return promise;
}
