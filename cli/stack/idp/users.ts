/** A person of the embedded identity provider. */
export interface EmbeddedUser {
  /** Also the subject of tokens: it never changes. */
  email: string;
  name: string;
  groups: readonly string[];
}

/** The password of every embedded user; they exist in the development stack and in tests only. */
export const EMBEDDED_PASSWORD = 'convoy';

/** The people of the development stack, one for every role and two approvers for plans that need two votes. */
export const embeddedUsers: readonly EmbeddedUser[] = [
  { email: 'viewer@convoy.test', name: 'Vera Viewer', groups: ['convoy-viewers'] },
  { email: 'operator@convoy.test', name: 'Otto Operator', groups: ['convoy-operators'] },
  { email: 'approver@convoy.test', name: 'Ada Approver', groups: ['convoy-approvers'] },
  { email: 'approver2@convoy.test', name: 'Abel Approver', groups: ['convoy-approvers'] },
  { email: 'auditor@convoy.test', name: 'Aoife Auditor', groups: ['convoy-auditors'] },
  { email: 'admin@convoy.test', name: 'Amir Admin', groups: ['convoy-admins'] },
];

/** Finds a user by e-mail, upper and lower case alike. */
export function findUser(email: string): EmbeddedUser | undefined {
  return embeddedUsers.find((user) => user.email === email.trim().toLowerCase());
}
