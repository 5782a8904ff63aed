import { STATUS_CODES } from 'node:http';
import { AppError, toErrorBody, type ErrorBody } from '../../shared/errors/app-error.ts';
import { redactOutput } from '../call/redact-output.ts';

/** RFC 9457 with the fields every refusal has. */
export interface ProblemDocument extends ErrorBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  correlationId: string;
}

export const PROBLEM_TYPE = 'application/problem+json';

/** The document for any failure; what is not an AppError comes out as INTERNAL_ERROR without its text. */
export function problemDocument(error: unknown, correlationId: string): ProblemDocument {
  const body = redactOutput(toErrorBody(error));
  const status = error instanceof AppError ? error.status : 500;
  return {
    type: `urn:convoy:problem:${body.code}`,
    title: STATUS_CODES[status] ?? body.code,
    status,
    detail: body.message,
    ...body,
    correlationId,
  };
}

/** `Retry-After`, seconds, where the failure says when to come back. */
export function retryAfterOf({ details }: Pick<ErrorBody, 'details'>): string | null {
  const seconds = details?.['retryAfterSeconds'];
  return typeof seconds === 'number' ? String(seconds) : null;
}
