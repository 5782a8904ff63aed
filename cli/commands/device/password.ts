import { CliError } from '../../client/cli-error.ts';
import { askSecret, isInteractive } from '../terminal.ts';

/**
 * The router's password from standard input, CONVOY_DEVICE_PASSWORD or whoever sits there: arguments can be read by everybody
 * on the machine.
 */
export async function readPassword(
  isOnStdin: boolean,
  env: NodeJS.ProcessEnv = process.env,
  input: AsyncIterable<Buffer | string> = process.stdin,
): Promise<string> {
  if (isOnStdin) {
    let text = '';
    for await (const chunk of input) text += chunk.toString();
    return text.replace(/\r?\n$/, '');
  }
  const given = env['CONVOY_DEVICE_PASSWORD'];
  if (given !== undefined) return given;
  if (isInteractive()) return askSecret("Password of Convoy's user on the router: ");
  throw new CliError('VALIDATION_ERROR', "The router's password is missing.", {
    hint: 'Pipe it in with --password-stdin, or set CONVOY_DEVICE_PASSWORD.',
  });
}
