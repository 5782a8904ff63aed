import { CliError } from '../../client/cli-error.ts';

/**
 * The router's password from standard input or CONVOY_DEVICE_PASSWORD: arguments can be read by everybody on the machine.
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
  throw new CliError('VALIDATION_ERROR', "The router's password is missing.", {
    hint: 'Pipe it in with --password-stdin, or set CONVOY_DEVICE_PASSWORD.',
  });
}
