import { statfs } from 'node:fs/promises';
import { toErrorBody } from '../../../shared/errors/app-error.ts';
import { fine, wrong, type Check, type Finding } from './finding.ts';
import type { Surroundings } from './surroundings.ts';

/** Least free space, bytes and share: PostgreSQL and Temporal stop writing when there is none, and logs are lost. */
const LEAST_FREE_BYTES = 1024 ** 3;
const LEAST_FREE_SHARE = 0.05;

/** Of what lies on this machine: the files of rules, and the room that is left. */
export const FILE_CHECKS: readonly Check[] = [
  { name: 'policy file', check: checkPolicy },
  { name: 'webhooks file', check: checkWebhooks },
  { name: 'disk space', check: checkSpace },
];

async function checkPolicy({ env }: Surroundings): Promise<Finding> {
  const file = env['CONVOY_POLICY_FILE'];
  if (!file) return fine('None is named: nothing but what is marked at routers is restricted.');
  const { readPolicy } = await import('../../../shared/platform/policy/policy-source.ts');
  return readable(file, readPolicy(file), '"convoy policy check" says what each rule means.');
}

async function checkWebhooks({ env }: Surroundings): Promise<Finding> {
  const file = env['CONVOY_WEBHOOKS_FILE'];
  if (!file) return fine('None is named: nobody is told of anything.');
  const { readWebhooks } = await import('../../../shared/platform/webhooks/webhook-file.ts');
  return readable(file, readWebhooks(file), '"convoy webhook check" shows the endpoints.');
}

async function readable(file: string, reading: Promise<unknown>, advice: string): Promise<Finding> {
  try {
    await reading;
    return fine(`${file} is valid.`);
  } catch (error) {
    return wrong(toErrorBody(error).message, `Processes keep the last valid one until they are restarted. ${advice}`);
  }
}

async function checkSpace({ home, stack }: Surroundings): Promise<Finding> {
  const folder = stack === null ? '.' : home.root;
  const { bavail, blocks, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const says = `${(free / 1024 ** 3).toFixed(1)} GiB of ${((blocks * bsize) / 1024 ** 3).toFixed(1)} GiB are free where ${stack === null ? 'this runs' : 'the stack keeps its data'}.`;
  if (free >= LEAST_FREE_BYTES && free >= blocks * bsize * LEAST_FREE_SHARE) return fine(says);
  return wrong(says, 'Make room: remove old logs and backups, or shorten what CONVOY_KEEP_… keeps.');
}
