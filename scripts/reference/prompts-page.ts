import type { Prompt } from '../../mcp-server/prompts/define-prompt.ts';
import { PROMPTS } from '../../mcp-server/prompts/index.ts';
import { code, page, table } from './markdown.ts';

/** `prompts.md`: runbooks a person picks from a menu of their host. */
export function promptsPage(): string {
  return page(
    'MCP prompts',
    'Runbooks that a person picks from a menu. Each says which tools to call in which order; who lacks one of them does not see the prompt.',
    PROMPTS.map(promptPart),
  );
}

function promptPart({ name, title, description, arguments: given, tools }: Prompt): string {
  const rows = given.map((argument) => [
    code(argument.name),
    argument.required ? 'required' : '',
    `${argument.description}${argument.values.length > 0 ? ` (${argument.values.map(code).join(', ')})` : ''}`,
  ]);
  return [
    `## ${name}`,
    `**${title}.** ${description}`,
    `Uses ${tools.map((tool) => `[${code(tool)}](tools.md#${tool})`).join(', ')}.`,
    rows.length === 0 ? 'No arguments.' : table(['Argument', 'Needed', 'Meaning'], rows),
  ].join('\n\n');
}
