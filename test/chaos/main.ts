import { parseArgs } from 'node:util';
import { runChaos } from './run.ts';

const USAGE = `npm run chaos -- [options]
  --seeds N     how many seeds; default 300
  --from N      the first of them; default 1
  --seed N      this one only
  --at-once N   seeds played at the same time; default 12
  --minutes N   begin no more rounds after so many minutes`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    'at-once': { type: 'string', default: '12' },
    minutes: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const first = wholeNumber('from', values.from);
  const seeds =
    values.seed === undefined
      ? Array.from({ length: wholeNumber('seeds', values.seeds) }, (_, index) => first + index)
      : [wholeNumber('seed', values.seed)];
  const { played, violations, counts } = await runChaos({
    seeds,
    atOnce: wholeNumber('at-once', values['at-once']),
    ...(values.minutes === undefined ? {} : { timeoutMs: wholeNumber('minutes', values.minutes) * 60_000 }),
    say: (line) => console.log(line),
  });
  for (const what of Object.keys(counts).toSorted()) console.log(`${String(counts[what]).padStart(7)}  ${what}`);
  const failed = [...new Set(violations.map(({ seed }) => seed))];
  if (failed.length > 0) console.log(`failed seeds: ${failed.join(', ')}`);
  console.log(`${played.length} seeds, ${violations.length} violations`);
  if (violations.length > 0 || played.length === 0) process.exitCode = 1;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new Error(`--${name} is a whole number, not "${text}".\n${USAGE}`);
  return Number(text);
}
