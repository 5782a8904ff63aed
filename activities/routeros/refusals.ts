import { AppError, type AppErrorOptions } from '../../shared/errors/app-error.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { ConnectFailure, type ConnectFailureKind } from './connect-failure.ts';
import { decodeReply } from './decode-reply.ts';
import { deviceTextDetails, meaningOfDeviceText } from './device-texts.ts';
import { ExchangeFailure, type ExchangeFailureKind, type RestReply } from './exchange.ts';

export interface RequestFacts {
  menu: string;
  effect: 'read' | 'write';
}

/** What a reply with a status other than 2xx means. The router's own words travel as `details.deviceText`, untrusted. */
export function refusalOf(reply: RestReply, facts: RequestFacts): AppError {
  const text = textOf(reply);
  const details = { menu: facts.menu, httpStatus: reply.status, ...deviceTextDetails(text) };
  const [code, options] = classify(reply.status, text, facts);
  return new AppError(code, { ...options, details });
}

/** What a connection or exchange that failed means. Anything else is passed through. */
export function failureOf(error: unknown, facts: RequestFacts): unknown {
  if (error instanceof ConnectFailure) return connectError(error, facts);
  if (error instanceof ExchangeFailure) return exchangeError(error, facts);
  return error;
}

/** Whether the same read may succeed when it is sent again. */
export function isWorthRepeating(error: unknown, { hasAuthenticated }: { hasAuthenticated: boolean }): boolean {
  if (error instanceof ConnectFailure) return error.kind === 'unreachable' || error.kind === 'timeout';
  if (error instanceof ExchangeFailure) return error.kind !== 'too_large';
  if (!(error instanceof AppError)) return false;
  if (error.code === 'DEVICE_COOLING_DOWN') return false;
  // Just after boot a router refuses logins that are right.
  if (error.code === 'DEVICE_AUTH_FAILED') return hasAuthenticated;
  return error.retryable || (error.code === 'DEVICE_ERROR' && Number(error.details?.['httpStatus']) >= 500);
}

/** The text decides where it is known, because RouterOS answers nearly everything with status 400. */
function classify(status: number, text: string, facts: RequestFacts): [ErrorCode, AppErrorOptions?] {
  const { menu, effect } = facts;
  if (status === 401) return ['DEVICE_AUTH_FAILED', { hint: AUTH_HINT }];
  const meaning = meaningOfDeviceText(text, facts);
  if (meaning) return [meaning.code, meaning];
  if (status === 403) return ['DEVICE_PERMISSION_DENIED', { hint: POLICY_HINT }];
  // Just after boot a router answers 404 for menus it has.
  if (effect === 'read' && (status === 404 || status < 400)) {
    return ['DEVICE_REPLY_INVALID', { message: `The device answered status ${status} for ${menu}.` }];
  }
  if (status === 404) return ['DEVICE_ENTRY_MISSING', { message: `The device has no such entry in ${menu}.` }];
  if (effect === 'write' && (status >= 500 || status < 400)) {
    return ['OUTCOME_UNKNOWN', { message: `The device failed with status ${status} while writing ${menu}.` }];
  }
  return ['DEVICE_ERROR', { message: `The device refused the request to ${menu} with status ${status}.` }];
}

function connectError(failure: ConnectFailure, { menu }: RequestFacts): AppError {
  const [code, options] = CONNECT_REFUSALS[failure.kind];
  if (failure.kind === 'certificate' && failure.shown !== undefined) {
    const details = { menu, shownFingerprint256: failure.shown };
    return new AppError(code, { hint: TLS_HINT, cause: failure, details });
  }
  return new AppError(code, { ...options, cause: failure, details: { menu } });
}

function exchangeError(failure: ExchangeFailure, { menu, effect }: RequestFacts): AppError {
  const details = { menu };
  if (effect === 'write' && failure.sent) return new AppError('OUTCOME_UNKNOWN', { cause: failure, details });
  const [code, options] = EXCHANGE_REFUSALS[failure.kind];
  return new AppError(code, { ...options, cause: failure, details });
}

/** `detail` of RouterOS's error body, or its `message`; a body of another form says nothing worth passing on. */
function textOf({ bytes }: RestReply): string {
  let body: unknown;
  try {
    body = decodeReply(bytes);
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
  if (body === null || typeof body !== 'object') return '';
  const { detail, message } = body as { detail?: unknown; message?: unknown };
  const text = typeof detail === 'string' ? detail : message;
  return typeof text === 'string' ? text : '';
}

const AUTH_HINT = 'Check user name and password, that the user is enabled, and that its group has the policy rest-api.';
const POLICY_HINT = "Give the user's group the policies read, write, api and rest-api.";
const TLS_HINT = 'If the certificate was renewed on purpose, check its fingerprint on the device and trust it anew.';
const HANDSHAKE_HINT = 'Set a certificate for www-ssl in /ip/service, and check that the port serves HTTPS.';
const CLOSED_HINT = "The device may be starting, or its service or user does not allow Convoy's address.";

const CONNECT_REFUSALS: Record<ConnectFailureKind, [ErrorCode, AppErrorOptions?]> = {
  unreachable: ['DEVICE_UNREACHABLE'],
  timeout: ['DEVICE_UNREACHABLE', { message: 'The device did not accept a connection in time.' }],
  certificate: [
    'DEVICE_TLS_MISMATCH',
    { message: "The device's certificate is not trusted by the given authority.", hint: TLS_HINT },
  ],
  handshake: [
    'DEVICE_UNREACHABLE',
    { message: 'The device and Convoy could not agree on a TLS connection.', hint: HANDSHAKE_HINT },
  ],
};

const EXCHANGE_REFUSALS: Record<ExchangeFailureKind, [ErrorCode, AppErrorOptions?]> = {
  timeout: ['DEVICE_TIMEOUT'],
  malformed: ['DEVICE_REPLY_INVALID', { message: 'The device answered something that is not HTTP.' }],
  too_large: ['DEVICE_REPLY_INVALID', { message: 'The reply of the device is too large.' }],
  closed: ['DEVICE_UNREACHABLE', { message: 'The device closed the connection without answering.', hint: CLOSED_HINT }],
  cancelled: ['DEVICE_UNREACHABLE', { message: 'The request was not sent.' }],
};
