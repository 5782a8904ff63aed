import { expect, test } from 'vitest';
import { cronLineProblem } from '../../../shared/domain/cron-line.ts';

test.each([
  '0 2 * * *',
  '30 1,13 * * *',
  '0 0-6/2 * * 1-5',
  '5 4 1 * *',
  '0 3 29 2 *',
  '0 3 31 */2 *',
  '59 23 * 12 *',
  '0 */6 * * *',
])('%s can be taken', (line) => {
  expect(cronLineProblem(line)).toBeNull();
});

test.each([
  ['', 'it has 0 fields instead of 5'],
  ['0 2 * *', 'it has 4 fields instead of 5'],
  ['0 0 2 * * *', 'it has 6 fields instead of 5'],
  ['@daily', 'it has 1 fields instead of 5'],
  ['60 2 * * *', 'the minute "60" is not made of numbers from 0 to 59'],
  ['0 24 * * *', 'the hour "24" is not made of numbers from 0 to 23'],
  ['0 2 0 * *', 'the day of the month "0" is not made of numbers from 1 to 31'],
  ['0 2 * JAN *', 'the month "JAN" is not made of numbers from 1 to 12'],
  ['0 2 * * 7', 'the day of the week "7" is not made of numbers from 0 to 6'],
  ['0 2/0 * * *', 'the hour "2/0" is not made of numbers from 0 to 23'],
  ['0 6-2 * * *', 'the hour "6-2" never comes'],
  ['0 2 31 2 *', 'it never comes: none of its months has such a day'],
  ['0 2 31 4,6,9,11 *', 'it never comes: none of its months has such a day'],
  ['* 2 * * *', 'it comes more than once an hour'],
  ['*/30 2 * * *', 'it comes more than once an hour'],
  ['0 2 13 * 5', 'it names a day of the month and a day of the week'],
])('%s is refused: %s', (line, problem) => {
  expect(cronLineProblem(line)).toBe(problem);
});
