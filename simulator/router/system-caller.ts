import type { Caller } from '../engine/definition.ts';
import { ALL_POLICIES } from '../engine/policy.ts';

/** The router acting for itself. */
export const SYSTEM: Caller = { user: '*sys', policies: ALL_POLICIES, transport: 'script', address: '' };
