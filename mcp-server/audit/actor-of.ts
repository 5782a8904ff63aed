import type { Principal } from '../../shared/domain/principal.ts';
import type { AuditRecord } from '../../shared/platform/persistence/stores/audit-record.ts';

export type Actor = Pick<Principal, 'sub' | 'email' | 'clientId' | 'via' | 'roles' | 'provenBy'>;

type ActorFields = Pick<AuditRecord, 'actor' | 'actorEmail' | 'clientId' | 'via' | 'authMethod' | 'roles'>;

/** Who acts, through what, how that was proven, and with which roles; `via` where the door is another than the token's. */
export function actorOf({ sub, email, clientId, via, roles, provenBy }: Actor, door: string = via): ActorFields {
  return { actor: sub, actorEmail: email, clientId, via: door, authMethod: provenBy, roles };
}

/** Where a request came from, among the details of a record; nothing where that is not known. */
export function addressDetail(clientAddress: string | undefined): { clientAddress?: string } {
  return clientAddress === undefined || clientAddress === 'unknown' ? {} : { clientAddress };
}
