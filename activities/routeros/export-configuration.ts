import { AppError } from '../../shared/errors/app-error.ts';
import { redactExport, type ExportedText, type ExportOptions } from '../../shared/routeros/config-export.ts';
import { assertNotRefused } from './console-refusal.ts';
import { EXPORT, exportScript, readExportText } from './export-script.ts';
import { ExchangeFailure, type RestReply } from './exchange.ts';
import { pause } from './pause.ts';
import { failureOf, isWorthRepeating, refusalOf, type RequestFacts } from './refusals.ts';
import type { RestLink } from './rest-link.ts';
import { restPath } from './rest-path.ts';
import { decodeBody, isSuccess } from './rest-read.ts';
import { SSH_COMMANDS } from './ssh-commands.ts';
import type { SshLink } from './ssh-link.ts';
import { runOverSsh } from './ssh-run.ts';

/**
 * The configuration as text. REST has no form of `export` that returns text, so it runs as console code there; over SSH
 * only when a router has no such form, does not allow it, or ends it after its 60 s. Files are not used: a read leaves
 * nothing behind on a router.
 */
export async function exportConfiguration(
  { rest, ssh }: { rest: RestLink; ssh: SshLink | null },
  options: ExportOptions,
  signal?: AbortSignal,
): Promise<ExportedText> {
  try {
    return { text: redactExport(await overRest(rest, options, signal)), transport: 'rest' };
  } catch (error) {
    if (!(error instanceof RestUnfit)) throw error;
    if (!ssh) throw withHint(error.reason);
    return { text: redactExport(await runOverSsh(ssh, SSH_COMMANDS.export, options, signal)), transport: 'ssh' };
  }
}

/** REST cannot give this router's export; SSH may. */
class RestUnfit extends Error {
  readonly reason: AppError;

  constructor(reason: AppError) {
    super(reason.message, { cause: reason });
    this.reason = reason;
  }
}

async function overRest(link: RestLink, options: ExportOptions, signal?: AbortSignal): Promise<string> {
  const menu = options.menu ?? EXPORT;
  const reply = await send(link, exportScript(options), signal);
  if (!isSuccess(reply)) throw unfitOr(refusalOf(reply, EXECUTE));
  const body = decodeBody(reply, menu);
  const printed = body !== null && typeof body === 'object' && 'ret' in body ? body.ret : undefined;
  // Versions without `as-string` start a job and answer with its id.
  if (typeof printed !== 'string' || /^\*[0-9A-F]+$/.test(printed)) {
    throw new RestUnfit(new AppError('DEVICE_UNSUPPORTED', { message: NO_TEXT, details: { menu } }));
  }
  const text = printed.replaceAll('\r\n', '\n');
  assertNotRefused(text, { menu, transport: 'rest' });
  try {
    return readExportText(text, options);
  } catch (error) {
    throw unfitOr(error as AppError);
  }
}

/** An export only reads, so that a connection that was lost is made anew; one that took too long is not asked for again. */
async function send(link: RestLink, script: string, signal?: AbortSignal): Promise<RestReply> {
  const request = {
    method: 'POST',
    path: restPath('/', 'execute'),
    body: JSON.stringify({ script, 'as-string': '' }),
    effect: 'read',
    worksForMs: WORKS_FOR_MS,
  } as const;
  for (let attempt = 0; ; attempt++) {
    try {
      return await link.send(request, signal);
    } catch (error) {
      const backoffMs = link.limits.readBackoffMs[attempt];
      const wasLost =
        isWorthRepeating(error, link.memory) && !(error instanceof ExchangeFailure && error.kind === 'timeout');
      if (backoffMs === undefined || !wasLost) throw failureOf(error, EXECUTE);
      await pause(backoffMs, signal);
    }
  }
}

/** What has nothing to do with the export itself is not tried another way. */
function unfitOr(error: AppError): AppError | RestUnfit {
  return UNFIT.has(error.code) ? new RestUnfit(error) : error;
}

function withHint({ code, message, details, cause }: AppError): AppError {
  return new AppError(code, { message, details, cause, hint: SSH_HINT });
}

const EXECUTE: RequestFacts = { menu: '/execute', effect: 'read' };
/** On top of the usual time: RouterOS itself ends a request after 60 s. */
const WORKS_FOR_MS = 45_000;
/** No `execute` or no `as-string`; a policy that `execute` needs and `export` does not; too long; cut off. */
const UNFIT: ReadonlySet<string> = new Set([
  'DEVICE_UNSUPPORTED',
  'DEVICE_VALUE_REFUSED',
  'DEVICE_PERMISSION_DENIED',
  'DEVICE_SESSION_LIMIT',
  'DEVICE_REPLY_INVALID',
]);
const NO_TEXT = 'The device does not return what a command prints over REST.';
const SSH_HINT = 'Over SSH this may work: give Convoy the port with convoy device update --ssh-port.';
