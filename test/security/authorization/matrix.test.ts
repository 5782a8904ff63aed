import { describe, expect, it, test } from 'vitest';
import { Role, SCOPES, type Scope } from '../../../shared/domain/principal.ts';
import { postModern } from '../../mcp-server/support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../../mcp-server/support/start-front-end.ts';
import { RIGHTS, type Door, type Right } from './rights.ts';
import { ACTIONS, inTurns, knock } from './knocking.ts';

/**
 * Every action by every role, with every scope missing and there, through both doors. A call with an argument that does not
 * exist passes what is asked of its caller and then fails, so that nothing is done however it ends.
 */
const STRANGE = { 'no-such-argument': '1' };
const DOORS: readonly Door[] = ['mcp', 'http'];

test('what may be called is what the table of rights says, and nothing is in the one only', () => {
  expect(ACTIONS.map(({ name }) => name).toSorted()).toEqual(Object.keys(RIGHTS).toSorted());
});

/** A token of the person with the role, for the door; MCP clients are never given what is for people alone. */
function tokenFor(front: TestFrontEnd, { role, door, scopes }: { role: Role; door: Door; scopes: readonly Scope[] }) {
  const audience = door === 'mcp' ? {} : { aud: `${front.url}/api/v1` };
  return front.tokenOf(role, { scope: scopes.join(' '), ...audience });
}

/** What the token is good for at the door, whatever the identity provider wrote into it. */
function usable(door: Door, scopes: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope) => door === 'http' || (scope !== 'fleet:approve' && scope !== 'fleet:admin'));
}

function expected(right: Right, { role, door, scopes }: { role: Role; door: Door; scopes: readonly Scope[] }): string {
  if (!right.doors.includes(door)) return 'NOT_FOUND';
  if (!right.roles.includes(role)) return 'FORBIDDEN';
  return usable(door, scopes).some((scope) => right.scopes.includes(scope)) ? 'UNKNOWN_FIELD' : 'INSUFFICIENT_SCOPE';
}

describe('role by scope by door', () => {
  it('answers every action as the table of rights says', async () => {
    const front = await startFrontEnd({ rateLimit: { perSecond: 10_000, burst: 100_000 } });
    const cases = ACTIONS.flatMap(({ name }) =>
      DOORS.flatMap((door) =>
        Role.options.flatMap((role) => {
          const right = rightTo(name);
          const others = SCOPES.filter((scope) => !right.scopes.includes(scope));
          return [others, ...right.scopes.map((scope) => [scope])].map((scopes) => ({
            name,
            right,
            door,
            role,
            scopes,
          }));
        }),
      ),
    );
    const tokens = new Map<string, Promise<string>>();
    const tokenOf = (one: (typeof cases)[number]): Promise<string> => {
      const key = [one.role, one.door, ...one.scopes].join(' ');
      const known = tokens.get(key) ?? tokenFor(front, one);
      tokens.set(key, known);
      return known;
    };
    const wrong = await inTurns(cases, async (one) => {
      const { name, door, role, scopes, right } = one;
      const { code } = await knock(front, { door, token: await tokenOf(one), action: name, args: STRANGE });
      const wanted = expected(right, one);
      return code === wanted
        ? []
        : [`${role} calls ${name} over ${door} with ${scopes.join(' ') || 'no scope'}: ${code}, not ${wanted}`];
    });
    expect(cases.length).toBeGreaterThan(1500);
    expect(wrong.flat()).toEqual([]);
    expectNothingDone(front);
  }, 120_000);
});

describe('phase by door', () => {
  test.each([0, 1, 2, 3] as const)(
    'what is for later phases than %d does not exist',
    async (phase) => {
      const front = await startFrontEnd({ phase, rateLimit: { perSecond: 10_000, burst: 100_000 } });
      const cases = DOORS.flatMap((door) => ACTIONS.map(({ name }) => ({ name, door })));
      const tokens = Object.fromEntries(
        await Promise.all(
          DOORS.map(async (door) => [door, await tokenFor(front, { role: 'admin', door, scopes: SCOPES })]),
        ),
      ) as Record<Door, string>;
      const wrong = await inTurns(cases, async ({ name, door }) => {
        const right = rightTo(name);
        const { code } = await knock(front, { door, token: tokens[door], action: name, args: STRANGE });
        const isThere = right.phase <= phase && right.doors.includes(door);
        return (code === 'NOT_FOUND') === isThere ? [`${name} over ${door}: ${code}`] : [];
      });
      expect(wrong.flat()).toEqual([]);
    },
    60_000,
  );
});

test('what is listed is what may be called, and a change of rights is a change of the table that reviewers see', async () => {
  const front = await startFrontEnd();
  const lists = new Map<string, string[]>();
  for (const role of Role.options) {
    for (const door of DOORS) {
      const may = Object.keys(RIGHTS).filter(
        (name) => expected(rightTo(name), { role, door, scopes: SCOPES }) === 'UNKNOWN_FIELD',
      );
      const listed = await listedTo(front, role, door);
      expect(listed.toSorted(), `${role} over ${door}`).toEqual(may.toSorted());
      lists.set(`${role} ${door}`, listed);
    }
  }
  const cell = (name: string, role: Role): string =>
    DOORS.filter((door) => lists.get(`${role} ${door}`)?.includes(name)).join('+') || '-';
  const rows = ACTIONS.map(({ name }) => [name, ...Role.options.map((role) => cell(name, role))]);
  const lines = [['action', ...Role.options], ...rows].map(([name = '', ...cells]) =>
    [name.padEnd(31), ...cells.map((text) => text.padEnd(10))].join('').trimEnd(),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('rights.txt');
});

async function listedTo(front: TestFrontEnd, role: Role, door: Door): Promise<string[]> {
  const token = await tokenFor(front, { role, door, scopes: SCOPES });
  if (door === 'http') {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${front.apiUrl}/operations?schemas=false`, { headers });
    return ((await answer.json()) as { operations: { name: string }[] }).operations.map(({ name }) => name);
  }
  const everything = { mcpUrl: `${front.mcpUrl}?toolsets=all` };
  const answer = await postModern(everything, token, { method: 'tools/list' });
  return ((await answer.json()) as { result: { tools: { name: string }[] } }).result.tools.map(({ name }) => name);
}

function rightTo(name: string): Right {
  const right = RIGHTS[name];
  if (right === undefined) throw new Error(`rights.ts does not say who may ${name}`);
  return right;
}

function expectNothingDone({ fleet }: TestFrontEnd): void {
  expect({ ...fleet, answers: null }).toMatchObject({ reads: [], changes: [], probes: [], started: [], signals: [] });
}
