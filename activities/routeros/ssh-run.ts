import type { z } from 'zod';
import { AppError, type AppErrorOptions } from '../../shared/errors/app-error.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { assertNotRefused } from './console-refusal.ts';
import { decodeText } from './decode-reply.ts';
import type { SshCommand } from './ssh-commands.ts';
import { SshFailure, type SshFailureKind } from './ssh-failure.ts';
import type { SshLink } from './ssh-link.ts';

/**
 * Runs one of the known command lines and reads what it printed. Refusals are known by their text, because RouterOS ends
 * refused commands with 0 as well. Fails with the codes of the router port, or with the signal's reason.
 */
export async function runOverSsh<Input extends z.ZodType, Output>(
  link: SshLink,
  command: SshCommand<Input, Output>,
  given: z.input<Input>,
  signal?: AbortSignal,
): Promise<Output> {
  const input = command.input.parse(given);
  const menu = command.menu(input);
  let reply;
  try {
    reply = await link.send({ name: menu, line: command.line(input) }, signal);
  } catch (error) {
    throw sshFailureOf(error, menu);
  }
  const printed = decodeText(reply.bytes).replaceAll('\r\n', '\n');
  assertNotRefused(printed, { menu, transport: 'ssh', exitCode: reply.exitCode });
  return command.read(printed, input);
}

/** What a connection over SSH that failed means. Anything else is passed through. */
export function sshFailureOf(error: unknown, menu: string): unknown {
  if (!(error instanceof SshFailure)) return error;
  const [code, options] = SSH_REFUSALS[error.kind];
  const details = { menu, transport: 'ssh', ...(error.shown === undefined ? {} : { shownHostKey: error.shown }) };
  return new AppError(code, { ...options, details, cause: error });
}

const HOST_KEY_HINT =
  'If the key was made anew on purpose, compare it on the device and trust it with convoy device update --ssh-port.';
const LOGIN_HINT =
  "Check that the user's group has the policy ssh. A user with a key of its own may not log in with a password, unless " +
  '/ip/ssh allows it.';
const PRIVATE_KEY_HINT = 'It must be a private key in PEM or OpenSSH form, without a passphrase.';

const SSH_REFUSALS: Record<SshFailureKind, [ErrorCode, AppErrorOptions?]> = {
  unreachable: ['DEVICE_UNREACHABLE', { message: "The device's SSH service did not accept a connection." }],
  slow: ['DEVICE_UNREACHABLE', { message: "The device's SSH service did not complete a connection in time." }],
  handshake: ['DEVICE_UNREACHABLE', { message: 'The device and Convoy could not agree on an SSH connection.' }],
  host_key: ['DEVICE_HOST_KEY_CHANGED', { hint: HOST_KEY_HINT }],
  login: ['DEVICE_AUTH_FAILED', { message: 'The device refused the stored login over SSH.', hint: LOGIN_HINT }],
  private_key: [
    'DEVICE_AUTH_FAILED',
    { message: 'The stored private key for SSH cannot be read.', hint: PRIVATE_KEY_HINT },
  ],
  no_channel: ['DEVICE_ERROR', { message: 'The device takes no command over SSH at the moment.' }],
  timeout: ['DEVICE_TIMEOUT', { message: 'The command over SSH took too long.' }],
  closed: ['DEVICE_UNREACHABLE', { message: 'The device closed the SSH connection before the end of its answer.' }],
  too_large: ['DEVICE_REPLY_INVALID', { message: "The device's answer over SSH is too large." }],
};
