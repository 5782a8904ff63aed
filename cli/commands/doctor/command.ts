import { Command } from 'commander';
import { plainText } from '../../client/plain-text.ts';
import { print, printJson } from '../terminal.ts';
import { CHECKS } from './checks.ts';
import type { CheckResult } from './finding.ts';
import { findSurroundings } from './surroundings.ts';

/** `convoy doctor`: every dependency in a sentence, and what to do about those that fail; exit code 1 when one does. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check every dependency, one sentence each, and say what to do')
    .option('--json', 'print data as JSON')
    .action(async ({ json }: { json?: true }) => {
      const surroundings = await findSurroundings(process.env);
      const results: CheckResult[] = [];
      for (const { name, check } of CHECKS) {
        const result = { name, ...(await check(surroundings).catch(unexpected)) };
        results.push(result);
        if (!json) print(lineOf(result));
      }
      if (json) printJson({ ok: results.every(({ ok }) => ok), checks: results });
      if (results.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}

const NAME_WIDTH = 20;

function lineOf({ ok, name, sentence, advice }: CheckResult): string {
  const line = `${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(NAME_WIDTH)} ${plainText(sentence)}`;
  return advice === undefined ? line : `${line}\n      ${''.padEnd(NAME_WIDTH)} → ${advice}`;
}

/** A check that breaks has found something as well. */
function unexpected(error: unknown): { ok: false; sentence: string } {
  return { ok: false, sentence: error instanceof Error ? error.message : String(error) };
}
