import { z } from 'zod';
import type { EmergencyStop } from '../../shared/domain/emergency-stop.ts';
import { Environment } from '../../shared/domain/environment.ts';
import type { Principal, Role } from '../../shared/domain/principal.ts';
import { UNTRUSTED } from '../../shared/operations/output-fields.ts';

/** Whoever may decide on a plan or carry it out may also stop everything; only an administrator allows it again. */
export const STOPPING_ROLES = ['operator', 'approver', 'admin'] as const satisfies readonly Role[];

const PeoplesText = z.string().meta({ [UNTRUSTED]: true });

/** An emergency stop as every surface shows it. */
export const StopShape = z.object({
  stopId: z.string(),
  scope: z.enum(['all', 'environment', 'device']),
  environment: Environment.nullable(),
  deviceId: z.string().nullable(),
  deviceName: z.string().nullable(),
  reason: PeoplesText,
  placedBy: z.string(),
  placedByName: z.string(),
  placedAt: z.iso.datetime(),
  liftedAt: z.iso.datetime().nullable().describe('Null while it holds'),
  liftedBy: z.string().nullable(),
  liftedByName: z.string().nullable(),
  liftReason: PeoplesText.nullable(),
});

/** Why, for whoever is refused and for the audit trail; never left out. */
export const StopReason = z.string().trim().min(3).max(500).describe('Why, for whoever is refused and the audit trail');

export function viewStop({ scope, ...stop }: EmergencyStop): z.output<typeof StopShape> {
  return {
    ...stop,
    scope: scope.on,
    environment: scope.on === 'environment' ? scope.environment : null,
    deviceId: scope.on === 'device' ? scope.deviceId : null,
  };
}

/** How to name whoever acts. */
export function nameOf({ name, email, sub }: Principal): string {
  return email ?? name ?? sub;
}
