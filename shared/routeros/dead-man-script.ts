import { AppError } from '../errors/app-error.ts';
import { attempt } from './console-command.ts';
import { consoleArgument, quoteText } from './console-quote.ts';

const SCHEDULER = '/system/scheduler';

/** Entries of `/system/scheduler` that start so are dead-man switches of Convoy. */
export const DEAD_MAN_PREFIX = 'convoy-guard-';

/** The two entries of one change: one runs when its time is up, the other when the router starts again meanwhile. */
export function deadManNames(transaction: string): { timer: string; startup: string } {
  if (!/^[a-z0-9]{4,32}$/.test(transaction)) {
    throw new AppError('VALIDATION_ERROR', {
      message: 'A transaction is named by 4 to 32 lower-case letters and digits.',
    });
  }
  return { timer: `${DEAD_MAN_PREFIX}${transaction}`, startup: `${DEAD_MAN_PREFIX}${transaction}-boot` };
}

/** The transaction an entry belongs to; null when it is no dead-man switch of Convoy. */
export function transactionOf(name: string): string | null {
  return /^convoy-guard-([a-z0-9]{4,32})(?:-boot)?$/.exec(name)?.[1] ?? null;
}

/** The log lines that tell afterwards what happened; people read them too. */
export const deadManLines = (transaction: string): { fired: string; done: string } => ({
  fired: `${deadManNames(transaction).timer}: not confirmed in time, the change is taken back`,
  done: `${deadManNames(transaction).timer}: the change was taken back`,
});

/** After a start the interfaces are not up at once, and what needs them would fail. */
const STARTUP_DELAY_SECONDS = 20;
/** Longer scripts are refused; RouterOS takes many kilobytes, without a documented limit. */
export const LONGEST_SCRIPT = 30_000;

/**
 * The scripts of the two entries. Both first remove the entries, so that neither runs twice and an entry that is still
 * there proves that nothing was taken back; then they run the commands, each on its own, so that one that fails does not
 * stop the next. Running both does no harm, because each command does nothing where there is nothing to do.
 */
export function deadManScripts(transaction: string, undo: readonly string[]): { timer: string; startup: string } {
  const { timer, startup } = deadManNames(transaction);
  const { fired, done } = deadManLines(transaction);
  const remove = (name: string): string =>
    attempt(`${SCHEDULER}/remove [find ${consoleArgument('name', name)}]`, `${timer}: ${name} was not removed`);
  const lines = [
    `:log warning ${quoteText(fired)}`,
    remove(timer),
    remove(startup),
    ...undo.map((command, index) => attempt(command, `${timer}: step ${index + 1} was not taken back`)),
    `:log warning ${quoteText(done)}`,
  ];
  // Whoever confirms while it waits removes the entry, and then there is nothing to take back.
  const isStillThere = `[:len [${SCHEDULER}/find ${consoleArgument('name', startup)}]] > 0`;
  const scripts = {
    timer: lines.join(LINE_END),
    startup: [`:delay ${STARTUP_DELAY_SECONDS}s`, `:if (${isStillThere}) do={`, ...lines, '}'].join(LINE_END),
  };
  if (Math.max(scripts.timer.length, scripts.startup.length) > LONGEST_SCRIPT) {
    throw new AppError('VALIDATION_ERROR', {
      message: `Taking the change back needs a script of more than ${LONGEST_SCRIPT} characters; split the change.`,
    });
  }
  return scripts;
}

const LINE_END = '\r\n';
