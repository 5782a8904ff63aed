import { z } from 'zod';
import { DeviceGrant, Role } from '../../../domain/principal.ts';
import { PersonEntity } from '../entities/person-entity.ts';
import { storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/** People and services as their last verified token showed them; workflows look up the roles of whoever sent a signal. */
export interface PersonStore {
  /** Inserts the person, or updates what is known of them and when they were last seen. */
  seen(person: PersonSighting): Promise<void>;
  get(sub: string): Promise<Person | null>;
}

export interface PersonSighting {
  /** Subject at the deployment's one identity provider. */
  sub: string;
  issuer: string;
  email: string | null;
  name: string | null;
  roles: readonly Role[];
  devices: readonly DeviceGrant[];
}

export interface Person {
  sub: string;
  issuer: string;
  email: string | null;
  name: string | null;
  roles: Role[];
  devices: DeviceGrant[];
  firstSeenAt: string;
  lastSeenAt: string;
}

export function createPersonStore(units: Units): PersonStore {
  return {
    seen: (person) =>
      units.run(async (em) => {
        const now = new Date();
        const row = {
          sub: person.sub,
          issuer: person.issuer,
          email: storedText(person.email),
          name: storedText(person.name),
          roles: [...person.roles],
          devices: [...person.devices],
          firstSeenAt: now,
          lastSeenAt: now,
        };
        await em.upsert(PersonEntity, row, {
          onConflictFields: ['sub'],
          onConflictExcludeFields: ['sub', 'firstSeenAt'],
        });
      }),
    get: (sub) =>
      units.run(async (em) => {
        const row = await em.findOne(PersonEntity, { sub });
        return row === null ? null : toPerson(row);
      }),
  };
}

function toPerson(row: PersonEntity): Person {
  const { sub, issuer, email, name, roles, devices, firstSeenAt, lastSeenAt } = row;
  return {
    sub,
    issuer,
    email,
    name,
    roles: z.array(Role).parse(roles),
    devices: z.array(DeviceGrant).parse(devices),
    firstSeenAt: toIsoTime(firstSeenAt),
    lastSeenAt: toIsoTime(lastSeenAt),
  };
}
