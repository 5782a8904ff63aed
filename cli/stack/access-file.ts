import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';

const roleOf: Readonly<Record<string, string>> = {
  'viewer@convoy.test': 'viewer',
  'operator@convoy.test': 'operator',
  'approver@convoy.test': 'approver',
  'approver2@convoy.test': 'approver',
  'auditor@convoy.test': 'auditor',
  'admin@convoy.test': 'admin',
};

/** Writes the development stack's mapping from people to roles: one role for each embedded user, all devices. */
export async function writeAccessFile(file: string): Promise<void> {
  const rules = Object.entries(roleOf).map(([email, role]) => ({
    when: { claim: 'email', equals: email },
    roles: [role],
    devices: { all: true },
  }));
  const heading = '# The embedded users and their roles. Written at every start of the development stack.\n';
  await writeFile(file, heading + stringify({ rules }), { mode: 0o600 });
}
