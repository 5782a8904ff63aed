/** Reasons the embedded stack gives for not starting; stable, so that scripts may match on them. */
export type StackErrorCode =
  | 'PORT_INVALID'
  | 'PORT_TAKEN'
  | 'STACK_ALREADY_RUNNING'
  | 'PLATFORM_UNSUPPORTED'
  | 'BINARY_MISSING'
  | 'GO_MISSING'
  | 'BUILD_FAILED'
  | 'POSTGRES_UNAVAILABLE'
  | 'PROCESS_EXITED'
  | 'NOT_READY'
  | 'LOGIN_FAILED'
  | 'STACK_FILE_INVALID'
  | 'STACK_NOT_RUNNING'
  | 'SETTING_INVALID'
  | 'INTERRUPTED';

/** A failure to start, stop or use the embedded stack. The message is one sentence for the person at the terminal. */
export class StackError extends Error {
  readonly code: StackErrorCode;

  constructor(code: StackErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StackError';
    this.code = code;
  }
}
