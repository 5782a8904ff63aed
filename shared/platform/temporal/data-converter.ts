import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec, type PayloadCodecOptions } from '../encryption/payload-codec.ts';

/** The module that turns errors into failures; also part of the workflow bundle. */
export const FAILURE_CONVERTER_FILE = fileURLToPath(new URL('../../contract/failure-converter.ts', import.meta.url));

/** How values become what Temporal stores: JSON, sealed whole, and failures without readable text. */
export function createDataConverter(options: PayloadCodecOptions): DataConverter {
  return { payloadCodecs: [createPayloadCodec(options)], failureConverterPath: FAILURE_CONVERTER_FILE };
}
