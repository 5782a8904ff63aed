import { Command } from 'commander';
import { followPlan } from '../../client/follow-plan.ts';
import type { PlanView } from '../../client/shapes.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, tell } from '../terminal.ts';
import { deviceLines, renderWatch, watchLine } from './render-watch.ts';

/** What the command ends with, by what became of the plan. A failure of the command itself is 1. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  completed: 0,
  rejected: 2,
  expired: 2,
  cancelled: 2,
  failed: 3,
  rolled_back: 4,
  rollback_incomplete: 5,
};
const INTERRUPTED = 130;
/** How often what is shown in place is drawn anew, for the time that is left. */
const REDRAW_MS = 1_000;

/** `convoy plan watch`. */
export function watchPlanCommand(): Command {
  return withConnection(new Command('watch'))
    .description('follow a plan to its end, in place on a terminal, else a line for each change')
    .argument('<planId>', 'id of the plan')
    .addHelpText(
      'after',
      '\nEnds with 0 when the plan is completed, 2 when it was rejected, expired or cancelled, 3 when it failed, 4 when it\nwas rolled back, 5 when not all of it could be. Ctrl-C ends watching, not the rollout.',
    )
    .action(async (planId: string, flags: ConnectionFlags) => {
      const stopped = new AbortController();
      const stop = (): void => stopped.abort();
      process.once('SIGINT', stop);
      const screen = flags.json ? jsonLines() : process.stdout.isTTY ? inPlace() : plainLines();
      try {
        const last = await watch(planId, flags, screen, stopped.signal);
        process.exitCode = stopped.signal.aborted ? INTERRUPTED : (EXIT_CODES[last?.status ?? ''] ?? 0);
      } finally {
        screen.end();
        process.removeListener('SIGINT', stop);
      }
      if (stopped.signal.aborted) {
        tell(`\nNo longer watched; the plan goes on by itself. To watch it again: convoy plan watch ${planId}`);
      }
    });
}

async function watch(
  planId: string,
  flags: ConnectionFlags,
  screen: Screen,
  signal: AbortSignal,
): Promise<PlanView | null> {
  let last: PlanView | null = null;
  // Anew for each connection: by then the token before may be over.
  const open = async (lastEventId: string | null, until: AbortSignal) => {
    const { client } = await connect(flags, 'fleet:read');
    return client.planEvents(planId, { lastEventId, signal: until });
  };
  for await (const news of followPlan({ open, signal })) {
    if (news.is === 'lost') screen.lost(news.why);
    else screen.show((last = news.plan));
  }
  return last;
}

interface Screen {
  show(plan: PlanView): void;
  lost(why: string): void;
  end(): void;
}

/** One JSON document a line and change. */
function jsonLines(): Screen {
  return { show: (plan) => print(JSON.stringify(plan)), lost: sayLost, end: () => {} };
}

function plainLines(): Screen {
  let before: PlanView | null = null;
  let line = '';
  return {
    show(plan) {
      for (const failure of deviceLines(before, plan)) print(stamped(failure));
      const next = watchLine(plan);
      if (next !== line) print(stamped(next));
      line = next;
      before = plan;
    },
    lost: sayLost,
    end: () => {},
  };
}

/** Draws over what it drew before, so that a rollout of an hour takes no more than a screen. */
function inPlace(): Screen {
  let drawn = 0;
  let plan: PlanView | null = null;
  let note = HELP;
  const draw = (): void => {
    if (plan === null) return;
    const { columns, rows } = process.stdout;
    const lines = [...renderWatch(plan, { columns, nowMs: Date.now() }), note].slice(0, rows - 1);
    // Up to the first line that was drawn, and nothing below it stays (ECMA-48: CUU, ED).
    process.stdout.write(`${drawn > 0 ? `\u001B[${drawn}A\u001B[J` : ''}${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    show(now) {
      plan = now;
      note = HELP;
      draw();
    },
    lost(why) {
      note = `${why} Trying again …`;
      if (plan === null) sayLost(why);
      else draw();
    },
    end: () => clearInterval(timer),
  };
}

const HELP = 'Ctrl-C ends watching, not the rollout.';

function stamped(line: string): string {
  return `${new Date().toISOString()} ${line}`;
}

function sayLost(why: string): void {
  tell(`${why} Trying again …`);
}
