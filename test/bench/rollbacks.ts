import fc from 'fast-check';
import { loginAs } from '../../cli/stack/login-as.ts';
import type { StackFile } from '../../cli/stack/stack-file.ts';
import type { McpSession } from '../../cli/tour/mcp-session.ts';
import { ToolRefusal } from '../../cli/tour/mcp-session.ts';
import { openPeople, type People } from '../../cli/tour/people.ts';
import { CAPABILITY_FLAGS } from '../../shared/domain/device.ts';
import { startFleet, type Fleet } from '../../simulator/fleet.ts';
import { configurationOf, menusThatDiffer } from '../plans/router-state.ts';
import { anyPlan } from '../plans/scenarios.ts';
import { withStack } from './bench-stack.ts';
import type { Figure } from './figures.ts';
import { approve, completes, propose, takesBack } from './plan-runs.ts';

const PLANS = 200;
const ROUTERS = 20;
/** No plan is begun after this. */
const LONGEST_MS = 15 * 60_000;

type Say = (line: string) => void;

/** Plans that draws give nothing to change for are drawn anew, but not for ever. */
const MOST_DRAWS = 4 * PLANS;

/**
 * Random plans of all kinds, each carried out on a router of its own for that time, taken back, and compared with what the
 * router was configured like before: menu by menu, order included.
 */
export async function measureRollbacks(say: Say, { plans = PLANS, routers = ROUTERS } = {}): Promise<Figure[]> {
  const seed = Number(process.env['BENCH_SEED'] ?? Date.now() % 2 ** 31);
  say(`seed ${seed}; BENCH_SEED=${seed} draws the same plans again`);
  const drawn = fc.sample(anyPlan, { seed, numRuns: MOST_DRAWS });
  const fleet = await startFleet({ routers, namePrefix: 'any' });
  try {
    return await withStack({ routers: 0, say }, async ({ file, mcp }) => {
      const deviceIds = await registerAll(file, fleet);
      const found = { begun: 0, done: 0, restored: 0, failures: [] as string[] };
      const deadlineMs = performance.now() + LONGEST_MS;
      const queue = drawn.entries();
      const people = openPeople(file);
      const work = async (index: number): Promise<void> => {
        for (const [number, { kind, wish }] of queue) {
          if (found.begun >= plans || performance.now() > deadlineMs) return;
          found.begun += 1;
          const before = configurationOf(fleet.routers[index]!.router);
          const target = { deviceIds: [deviceIds[index]!], rollout: { canary: 0, pauseSeconds: 0 } };
          const outcome = await thereAndBack(mcp, people, kind, { ...wish, ...target });
          if (outcome === null) {
            found.begun -= 1;
            continue;
          }
          found.done += 1;
          const differ = menusThatDiffer(before, configurationOf(fleet.routers[index]!.router));
          if (outcome === 'rolled_back' && differ.length === 0) found.restored += 1;
          else found.failures.push(`plan ${number} of the draw, ${kind}: ${outcome}, differs in ${differ.join(', ')}`);
          if (found.done % 20 === 0) say(`${found.done} plans`);
        }
      };
      await Promise.all(fleet.routers.map((_, index) => work(index)));
      for (const failure of found.failures) say(failure);
      const note = `random plans of every kind on ${routers} routers, seed ${seed}; configurations compared menu by menu`;
      return [
        {
          name: `plans that were not taken back to the last value, of ${found.done}`,
          value: found.done === 0 ? Number.NaN : (100 * (found.done - found.restored)) / found.done,
          unit: '%',
          target: 0,
          note,
        },
        { name: 'random plans, not tried in time', value: plans - found.done, unit: 'requests', target: 0, note },
      ];
    });
  } finally {
    await fleet.stop();
  }
}

/** How the plan ended after it was taken back; null when it had nothing to change or its kind refused it. */
async function thereAndBack(
  mcp: McpSession,
  people: People,
  kind: string,
  wish: Record<string, unknown>,
): Promise<string | null> {
  try {
    const plan = await propose(mcp, kind, wish);
    if (plan.status !== 'awaiting_approval') return null;
    await approve(people, plan);
    return (await takesBack(mcp, await completes(mcp, plan))).status;
  } catch (error) {
    if (error instanceof ToolRefusal && REFUSALS.has(error.code)) return null;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Of wishes that make no plan: nothing to change, parts that do not go together, or a board without radios. */
const REFUSALS: ReadonlySet<string> = new Set([
  'PLAN_EMPTY',
  'VALIDATION_ERROR',
  'UNSAFE_OPERATION',
  'CONFLICT',
  'DEVICE_REFERENCE_MISSING',
  'DEVICE_UNSUPPORTED',
]);

/** Registers the routers with every flag; answers their ids, in their order. */
async function registerAll({ oidc, apiUrl }: StackFile, fleet: Fleet): Promise<string[]> {
  const { accessToken } = await loginAs({
    issuer: oidc.issuer,
    user: 'admin@convoy.test',
    scope: 'openid email fleet:read fleet:admin',
    resource: apiUrl,
  });
  const flags = Object.fromEntries(CAPABILITY_FLAGS.map((flag) => [flag, true]));
  const ids: string[] = [];
  for (const { name, host, restPort, sshPort, user: username, password } of fleet.devices) {
    const response = await fetch(`${apiUrl}/devices`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, host, restPort, sshPort, environment: 'lab', flags, username, password }),
    });
    const body = (await response.json()) as { device?: { deviceId: string } };
    if (body.device === undefined) throw new Error(`${name} could not be registered: ${JSON.stringify(body)}`);
    ids.push(body.device.deviceId);
  }
  return ids;
}
