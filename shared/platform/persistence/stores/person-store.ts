import type { DeviceGrant, Role } from '../../../domain/principal.ts';

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
