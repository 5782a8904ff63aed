import type { Role, RoleGrant } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { rolesOnDevices } from '../../shared/platform/persistence/roles-on-devices.ts';
import type { Person } from '../../shared/platform/persistence/stores/person-store.ts';

interface Demand {
  code: ErrorCode;
  wanted: readonly Role[];
  /** What of a person's is believed. */
  grantsOf: (person: Person) => RoleGrant[];
}

const REQUESTER: Demand = {
  code: 'PLAN_REQUESTER_WITHDRAWN',
  wanted: TIERS.professional.roles,
  grantsOf: ({ askedAs, grants }) => askedAs ?? grants,
};
const APPROVER: Demand = {
  code: 'PLAN_APPROVER_WITHDRAWN',
  wanted: ['approver', 'admin'],
  grantsOf: ({ grants }) => grants,
};

/**
 * That the people behind a plan still may: whoever asked may propose for all of its devices, whoever approved may decide on
 * them, and nobody's access is revoked. What was so days ago is no proof of today.
 */
export async function checkPeople(
  { people, devices }: Pick<Database, 'people' | 'devices'>,
  { requestedBy, approvedBy, deviceIds }: { requestedBy: string; approvedBy: string[]; deviceIds: string[] },
): Promise<void> {
  const demand = async (sub: string, { code, wanted, grantsOf }: Demand): Promise<void> => {
    // Whose access is revoked has no grants there.
    const person = await people.get(sub);
    const holder = { grants: person === null ? [] : grantsOf(person) };
    if ((await rolesOnDevices(devices, holder, { deviceIds, wanted })).length > 0) return;
    throw new AppError(code, {
      message: `${person?.email ?? person?.name ?? sub} no longer holds the role ${wanted.join(' or ')} on all devices of the plan.`,
      hint: 'Somebody who does has to propose the plan anew.',
      details: { sub, rolesNeeded: wanted },
    });
  };
  await demand(requestedBy, REQUESTER);
  for (const sub of approvedBy) await demand(sub, APPROVER);
}
