import { isAtLeast } from '../../engine/version.ts';
import { findFile, readFile } from '../../menus/file/files.ts';
import { parseUpToError } from '../language/parse-script.ts';
import { ScriptError } from '../language/script-error.ts';
import type { Command, Statement } from '../language/syntax-tree.ts';
import { argument, optional, requiredText } from './arguments.ts';
import { runStatements } from './run-statements.ts';
import type { Frame, Steps } from './script-run.ts';
import { toNumber, toText } from './values.ts';

/** Since when `dry-run` (together with `verbose=yes`) looks for errors and changes nothing. */
const DRY_RUN_SINCE = '7.16';

/** Runs the commands of a file up to the first that fails; what came before it stays. */
export function* runImport(command: Command, frame: Frame): Steps {
  const { router, caller, output } = frame.run;
  const name = yield* requiredText(command, 'file-name', frame);
  const contents = readFile(router, name);
  if (!contents) throw new ScriptError(NO_SUCH_FILE);
  if (!caller.policies.has('read')) throw new ScriptError('not enough permissions (9)');
  const firstLine = toNumber(yield* optional(command, 'from-line', frame)) ?? 1;
  const isDry = argument(command, 'dry-run') !== undefined && isAtLeast(router.version, DRY_RUN_SINCE);
  const isVerbose = toText(yield* optional(command, 'verbose', frame)) === 'yes';
  output('');
  output(`Opening script file ${findFile(router, name)?.values['name'] ?? name}`);
  const source = fromLine(contents.toString('utf8'), firstLine);
  const { statements, error } = parseUpToError(source, frame.run.names);
  if (isDry && isVerbose) return reportProblems([...problemsIn(statements), ...(error ? [error.message] : [])], output);
  const variables = frame.run.newVariables();
  try {
    yield* runStatements(statements, { run: frame.run, variables });
    if (error) throw error;
  } catch (caught) {
    if (!(caught instanceof ScriptError) || caught.place === undefined) throw caught;
    throw new ScriptError(`Script Error: ${caught.message}`, caught.place);
  }
  output('');
  output('Script file loaded and executed successfully');
  return undefined;
}

/** What is said of a file that is not there is not measured; the argument offers the names of the files. */
const NO_SUCH_FILE = 'input does not match any value of file-name';

/** Lines before the first one are left empty, so that places still are those of the file. */
function fromLine(source: string, line: number): string {
  const lines = source.split('\n');
  return [...lines.slice(0, line - 1).map(() => ''), ...lines.slice(line - 1)].join('\n');
}

function reportProblems(problems: readonly string[], output: (line: string) => void): undefined {
  for (const problem of problems) output(problem);
  output(`found ${problems.length} error(s) in import file`);
}

/** Names that are wrong, which show only when a statement is reached. */
function problemsIn(statements: readonly Statement[]): string[] {
  return statements.flatMap((statement) => {
    if (statement.kind === 'bad') return [statement.text];
    if (statement.kind === 'menu') return problemsIn(statement.body ?? []);
    if (statement.kind !== 'command') return [];
    const blocks = statement.args.flatMap(({ value }) => (value.kind === 'block' ? problemsIn(value.body) : []));
    return [...(statement.badParameter === undefined ? [] : [statement.badParameter]), ...blocks];
  });
}
