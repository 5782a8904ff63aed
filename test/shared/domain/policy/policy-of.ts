import { policySchema, type Policy } from '../../../../shared/domain/policy/policy.ts';
import type { PolicyTarget } from '../../../../shared/domain/policy/policy-target.ts';

const Schema = policySchema({ toolsets: ['dns', 'system', 'interfaces'], planKinds: ['dns_ntp', 'firewall'] });

/** A checked policy with what is given and defaults for the rest. */
export function policyOf(content: Record<string, unknown>): Policy {
  return Schema.parse(content);
}

export const CORE: PolicyTarget = { name: 'core-1', environment: 'prod', tags: ['core'] };
export const EDGE: PolicyTarget = { name: 'edge-1', environment: 'prod', tags: ['edge'] };
export const LAB: PolicyTarget = { name: 'lab-1', environment: 'lab', tags: [] };
