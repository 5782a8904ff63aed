import { DefaultFailureConverter } from '@temporalio/common';

/**
 * How errors cross Temporal: message and stack travel as a payload, which is sealed like every other; the code, which is the
 * failure's type, stays readable. Loaded by path, into workers, clients and the workflow bundle.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
