import type { Row } from './definition.ts';
import { badRequest } from './router-error.ts';

/**
 * Compiles API query words (without the leading `?`) into a test for rows: `name=value`, `>name=value`, `<name=value`,
 * `name` (has it), `-name` (lacks it), and stack operations `#|`, `#&`, `#!` (which may be combined). Words that no
 * operation joins must all hold. Source: manual, API > Queries.
 */
export function compileQuery(words: readonly string[]): (row: Row) => boolean {
  const steps = words.map(compileWord);
  return (row) => {
    const stack: boolean[] = [];
    for (const step of steps) step(row, stack);
    return stack.every(Boolean);
  };
}

type Step = (row: Row, stack: boolean[]) => void;

function compileWord(query: string): Step {
  if (query.startsWith('#')) return compileOperations(query.slice(1));
  const comparison = /^([<>=-]?)([^=]*)(?:=([\s\S]*))?$/.exec(query);
  const [, operator = '', name = '', value] = comparison ?? [];
  if (value === undefined) return (row, stack) => stack.push(Object.hasOwn(row, name) !== (operator === '-'));
  if (operator === '>' || operator === '<') {
    return (row, stack) => {
      const actual = row[name];
      stack.push(actual !== undefined && (operator === '>' ? compare(actual, value) > 0 : compare(actual, value) < 0));
    };
  }
  return (row, stack) => stack.push(row[name] === value);
}

function compileOperations(operations: string): Step {
  if (!/^[|&!]+$/.test(operations)) throw badRequest('invalid query');
  return (_row, stack) => {
    for (const operation of operations) {
      const top = stack.pop();
      if (operation === '!') {
        stack.push(!top);
        continue;
      }
      const below = stack.pop();
      stack.push(operation === '|' ? top === true || below === true : top === true && below === true);
    }
  };
}

function compare(left: string, right: string): number {
  const difference = Number(left) - Number(right);
  if (!Number.isNaN(difference)) return difference;
  return left < right ? -1 : Number(left > right);
}
