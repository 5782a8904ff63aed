import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseInput } from '../../mcp-server/call/parse-input.ts';
import { Role } from '../../shared/domain/principal.ts';
import { ALL_TOOLSETS, catalogue, listedTools } from '../support/listed-tools.ts';
import { rankTools } from './rank-tools.ts';

/** What an operator types, and what a model should make of it. */
const Request = z.strictObject({
  request: z.string().min(10),
  /** Whose request it is; a tool that is right must be there for that role. */
  role: Role.default('viewer'),
  /** Any one of these is a right first call. */
  right: z.array(z.strictObject({ tool: z.string(), arguments: z.record(z.string(), z.unknown()) })).min(1),
  /** Tools that are tempting and wrong. */
  wrong: z.array(z.string()),
  /** By tool: words of its description that decide between it and the wrong ones. */
  words: z.record(z.string(), z.array(z.string())),
});

const text = await readFile(new URL('requests.json', import.meta.url), 'utf8');
const requests = z.array(Request).parse(JSON.parse(text));

/** Share of requests for which a right tool must be among the first of the ranking. */
const FOUND_SHARE = 0.9;
const FIRST = 3;

test.each(requests)('"$request" has a tool, whose arguments are right', ({ role, right, wrong }) => {
  const listed = listedTools(role, ALL_TOOLSETS).map(({ name }) => name);
  for (const { tool, arguments: given } of right) {
    expect(listed).toContain(tool);
    const action = catalogue.find(tool, 'mcp');
    if (action === null) throw new Error(`no tool "${tool}"`);
    expect(parseInput(action, given)).toMatchObject(given);
  }
  const known = catalogue.actions.map(({ name }) => name);
  expect(wrong.filter((tool) => !known.includes(tool))).toEqual([]);
  expect(wrong.filter((tool) => right.some((one) => one.tool === tool))).toEqual([]);
});

test.each(requests)('descriptions keep the words that decide "$request"', ({ words }) => {
  for (const [tool, deciding] of Object.entries(words)) {
    const description = catalogue.find(tool, 'mcp')?.description ?? '';
    expect(
      deciding.filter((word) => !description.includes(word)),
      tool,
    ).toEqual([]);
  }
});

test('the words of a request find its tool among all', () => {
  const missed = requests.flatMap(({ request, role, right }) => {
    const first = rankTools(request, listedTools(role, ALL_TOOLSETS)).slice(0, FIRST);
    return right.some(({ tool }) => first.includes(tool)) ? [] : [`${request} → ${first.join(', ')}`];
  });
  expect(1 - missed.length / requests.length, missed.join('\n')).toBeGreaterThanOrEqual(FOUND_SHARE);
});

test('tools of every toolset are asked for', () => {
  const asked = new Set(requests.flatMap(({ right }) => right.map(({ tool }) => catalogue.find(tool, 'mcp')?.toolset)));
  const all = new Set(
    catalogue.actions.filter(({ surfaces }) => surfaces.includes('mcp')).map(({ toolset }) => toolset),
  );
  expect([...all].filter((toolset) => !asked.has(toolset))).toEqual([]);
});
