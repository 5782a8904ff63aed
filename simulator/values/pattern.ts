import { createContext, Script } from 'node:vm';

/**
 * Does a POSIX extended regular expression match somewhere in the text? One that cannot be read matches nothing. Devices
 * match in linear time; here one that would be tried for ever ends after `LONGEST_MS`, and matches nothing either.
 */
export function matchesPattern(source: string, text: string, flags: 'i' | 's' | '' = ''): boolean {
  try {
    if (!mayRunAway(source)) return new RegExp(source, flags).test(text);
    Object.assign(SANDBOX, { source, flags, text });
    return ATTEMPT.runInContext(SANDBOX, { timeout: LONGEST_MS }) === true;
  } catch (error) {
    // Errors of the sandbox are of its own classes.
    const { name, code } = error as { name?: string; code?: string };
    if (name === 'SyntaxError' || code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}

const SANDBOX = createContext({});
const ATTEMPT = new Script('new RegExp(source, flags).test(text)');
const LONGEST_MS = 50;

/** A repeated group, or many repetitions one after the other, can take for ever to find that nothing matches. */
function mayRunAway(source: string): boolean {
  return /\)[*+{]/.test(source) || (source.match(/[*+}]/g)?.length ?? 0) > 2;
}
