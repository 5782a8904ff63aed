import { z } from 'zod';
import { Environment } from '../../shared/domain/environment.ts';

/** The device a call is about, as every device tool takes it. */
export const DeviceRef = z.string().min(1).max(64).describe('Id ("dev_…") or unique name of the device');

/** A guard against the wrong device: the call is refused when the device is in another environment. */
export const ExpectedEnvironment = Environment.optional().describe('Refused when a device is in another environment');

/** Where a page of a list begins; the call itself gets `after`. */
export const Cursor = z.string().max(1_000).optional().describe('nextCursor of the page before');
export const NextCursor = z.string().optional().describe('Present when there are more');

export const Comment = z.string().max(2000).default('').describe('Why, for approvers and the audit trail');
