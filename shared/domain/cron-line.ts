/** The five fields of a cron line and what each may be. */
const FIELDS = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12 },
  { name: 'day of the week', least: 0, most: 6 },
] as const;

/** Days of each month in the longest year. */
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Why a cron line of five fields in numbers (`30 2 * * 1-5`) cannot be taken; null when it can. Refused is what never comes,
 * what comes more than once an hour, and what names a day of the month and one of the week, which programs read differently.
 */
export function cronLineProblem(line: string): string | null {
  const texts = line.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) return `it has ${texts[0] === '' ? 0 : texts.length} fields instead of 5`;
  const sets: number[][] = [];
  for (const [index, field] of FIELDS.entries()) {
    const numbers = numbersOf(texts[index]!, field);
    if (numbers === null) {
      return `the ${field.name} ${JSON.stringify(texts[index])} is not made of numbers from ${field.least} to ${field.most}`;
    }
    if (numbers.length === 0) return `the ${field.name} ${JSON.stringify(texts[index])} never comes`;
    sets.push(numbers);
  }
  const [minutes, , days, months] = sets as [number[], number[], number[], number[], number[]];
  if (minutes.length > 1) return 'it comes more than once an hour';
  if (texts[2] !== '*' && texts[4] !== '*') return 'it names a day of the month and a day of the week';
  if (!months.some((month) => days.some((day) => day <= MONTH_DAYS[month - 1]!))) {
    return 'it never comes: none of its months has such a day';
  }
  return null;
}

/** The numbers a field stands for; null when it is none. A range from a greater to a smaller number stands for nothing. */
function numbersOf(text: string, { least, most }: { least: number; most: number }): number[] | null {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return null;
    const [, first, last, step] = match;
    const from = first === undefined ? least : Number(first);
    // `5/15` begins at 5 and goes on to the end.
    const to = last === undefined ? (first === undefined || step !== undefined ? most : from) : Number(last);
    if (from < least || from > most || to > most || Number(step ?? 1) === 0) return null;
    for (let number = from; number <= to; number += Number(step ?? 1)) found.add(number);
  }
  return [...found];
}
