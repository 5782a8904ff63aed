import type { CapabilityFlag } from './device.ts';
import type { Role, Scope } from './principal.ts';

/**
 * Risk class of an operation or plan kind and what it takes: fundamental reads, advanced writes to one device,
 * professional changes that go through a plan.
 */
export const TIERS = {
  fundamental: { scope: 'fleet:read', roles: ['viewer', 'operator', 'approver', 'auditor', 'admin'], flag: null },
  advanced: { scope: 'fleet:write', roles: ['operator', 'admin'], flag: 'allowAdvancedWrites' },
  professional: { scope: 'fleet:plan', roles: ['operator', 'admin'], flag: 'allowProfessionalWorkflows' },
} as const satisfies Record<
  string,
  { readonly scope: Scope; readonly roles: readonly Role[]; readonly flag: CapabilityFlag | null }
>;
export type Tier = keyof typeof TIERS;
