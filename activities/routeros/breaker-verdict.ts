import { ConnectFailure } from './connect-failure.ts';
import { ExchangeFailure } from './exchange.ts';

/** What one request says about its device: it answers, it is not well, or nothing. */
export type Verdict = { is: 'answered' } | { is: 'failed'; how: string } | { is: 'nothing' };

/**
 * A refusal with a reason (400, 401, 404, a missing policy) is an answer of a device that is well. A certificate that is
 * not trusted says nothing: the device may be fine and somebody has to look at it, and a cool-down would hide that reason
 * behind another one; nothing but a handshake is spent on finding it again.
 */
export function verdictOf(result: unknown): Verdict {
  if (result instanceof ConnectFailure) {
    return result.kind === 'certificate' ? { is: 'nothing' } : { is: 'failed', how: result.kind };
  }
  if (result instanceof ExchangeFailure) {
    // Not sent, or cut off by our own limit while the device was answering.
    if (result.kind === 'cancelled' || result.kind === 'too_large') return { is: 'nothing' };
    return { is: 'failed', how: result.kind };
  }
  if (isReply(result)) return verdictOfReply(result.status, result.bytes);
  // An error of our own side; a result that is no REST reply has come from the device.
  return result instanceof Error ? { is: 'nothing' } : { is: 'answered' };
}

function verdictOfReply(status: number, bytes: Uint8Array): Verdict {
  const text = (): string => Buffer.from(bytes).toString('latin1', 0, LONGEST_ERROR_BODY);
  // RouterOS answers 400 when it gave up on itself after its 60 s, and 500 when a policy is missing.
  if (status === 400 && /session closed|action timed out/i.test(text())) return { is: 'failed', how: 'timeout' };
  if (status < 500 || status === NOT_IMPLEMENTED || /not enough permissions|not allowed \(9\)/i.test(text())) {
    return { is: 'answered' };
  }
  return { is: 'failed', how: String(status) };
}

function isReply(value: unknown): value is { status: number; bytes: Uint8Array } {
  if (typeof value !== 'object' || value === null) return false;
  return 'status' in value && typeof value.status === 'number' && 'bytes' in value && value.bytes instanceof Uint8Array;
}

/** To a method that RouterOS does not know. */
const NOT_IMPLEMENTED = 501;
const LONGEST_ERROR_BODY = 512;
