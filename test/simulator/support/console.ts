import { BOARDS, type BoardKey } from '../../../simulator/boards.ts';
import { type ConsoleResult, type ConsoleSession, openConsole } from '../../../simulator/console/open-console.ts';
import { ALL_POLICIES, type Policy } from '../../../simulator/engine/policy.ts';
import { ALL_MENUS } from '../../../simulator/menus/all-menus.ts';
import { Router } from '../../../simulator/router/router.ts';

export type LabConsole = {
  readonly router: Router;
  readonly session: ConsoleSession;
  /** Runs a line; the output without the line feed at its end. */
  readonly run: (line: string) => Promise<string>;
  readonly result: (line: string) => Promise<ConsoleResult>;
};

export type ConsoleOptions = {
  readonly board?: BoardKey;
  readonly version?: string;
  readonly policies?: ReadonlySet<Policy>;
  readonly index?: number;
};

/** A router without a network, and a session of its administrator on it. */
export function labConsole({
  board = 'rb5009',
  version = '7.20.8',
  policies = ALL_POLICIES,
  index = 0,
}: ConsoleOptions = {}): LabConsole {
  const router = new Router({
    name: 'lab-01',
    index,
    board: BOARDS[board],
    version,
    accounts: [{ name: 'convoy', group: 'full', password: 'secret' }],
    menus: ALL_MENUS,
  });
  const session = openConsole(router, { user: 'convoy', policies, transport: 'ssh', address: '10.0.0.9' });
  return {
    router,
    session,
    result: (line) => session.run(line),
    run: async (line) => (await session.run(line)).output.replace(/\n$/, ''),
  };
}

/** The four versions that are played. */
export const VERSIONS = ['7.12.2', '7.16.2', '7.20.8', '7.22.3'] as const;

/** The lines of an export without its header. */
export async function exported({ run }: LabConsole, command = '/export'): Promise<string[]> {
  return (await run(command)).split('\n').filter((line) => !line.startsWith('#'));
}
