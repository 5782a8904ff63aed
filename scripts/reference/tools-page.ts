import type { Action } from '../../mcp-server/call/action.ts';
import { OPERATIONS } from '../../shared/operations/index.ts';
import { TOOLSETS, type Toolset } from '../../shared/operations/toolsets.ts';
import { PLAN_KINDS } from '../../shared/plans/index.ts';
import { code, page, table } from './markdown.ts';
import { inputFields, outputFields } from './schema-fields.ts';

/** `tools.md`: every tool, for whom it is and what it does to the world; operations and plan kinds have pages of their own. */
export function toolsPage(actions: readonly Action[]): string {
  const tools = actions.filter(({ surfaces }) => surfaces.includes('mcp'));
  const toolsets = (Object.keys(TOOLSETS) as Toolset[]).map(
    (toolset) => [toolset, tools.filter((tool) => tool.toolset === toolset)] as const,
  );
  return page(
    'MCP tools',
    'What an MCP client finds at `/mcp`. Without a choice the *core* tools are listed, and all others can be called; a client that knows what it is for chooses toolsets, and then sees all of those and nothing else.',
    [
      choices(),
      ...toolsets.filter(([, members]) => members.length > 0).map(([toolset, members]) => overview(toolset, members)),
      ...tools.map((tool) => toolPart(tool, tools)),
    ],
  );
}

function choices(): string {
  return [
    '## Choosing tools',
    table(
      ['Where', 'What it does'],
      [
        [
          code('/mcp?toolsets=dns,plans'),
          `Only these toolsets: ${Object.keys(TOOLSETS).map(code).join(', ')}; or \`all\`.`,
        ],
        [
          `${code('/mcp/readonly')}, ${code('?readonly=true')}`,
          'Only tools that change nothing. The path is a resource of its own: its tokens are good for nothing else.',
        ],
        [code('X-MCP-Toolsets'), 'As `?toolsets=`; together with it, only what both name.'],
        [code('X-MCP-Readonly: true'), 'As `?readonly=true`.'],
        [code('X-MCP-Tools: get_plan,list_plans'), 'Only these tools.'],
        [code('X-MCP-Exclude-Tools: get_config_export'), 'All but these tools.'],
      ],
    ),
    'Choices only ever take away: they permit nothing that role and scopes do not. A name that does not exist is refused with those that do.',
  ].join('\n\n');
}

function overview(toolset: Toolset, tools: readonly Action[]): string {
  const rows = tools.map(({ name, title, isCore, hints }) => [
    `[${code(name)}](#${name})`,
    isCore ? 'yes' : '',
    effectOf(hints),
    title,
  ]);
  return [`## Toolset ${toolset}`, `${TOOLSETS[toolset]}.`, table(['Tool', 'Core', 'Effect', 'Title'], rows)].join(
    '\n\n',
  );
}

function toolPart(action: Action, tools: readonly Action[]): string {
  const { name, title, description, roles, scopes, phase, hints } = action;
  return [
    `### ${name}`,
    `**${title}.** ${description}`,
    [
      `- Needs one of the roles ${roles.map(code).join(', ')} and ${scopes.length > 1 ? 'one of the scopes' : 'the scope'} ${scopes.map(code).join(', ')}; exists from phase ${phase} on.`,
      `- Annotations: ${annotationsOf(hints)}.`,
    ].join('\n'),
    ...fieldsOf(action, tools),
  ].join('\n\n');
}

function fieldsOf({ name, input, output }: Action, tools: readonly Action[]): string[] {
  if (OPERATIONS.some((operation) => operation.name === name)) {
    return [`Its fields, menus and an example: [operations](operations.md#${name}).`];
  }
  const kind = PLAN_KINDS.find((one) => `plan_${one.kind}` === name)?.kind;
  if (kind !== undefined) return [`Its fields and an example: [plan kinds](plan-kinds.md#${kind}).`];
  const first = tools.find((one) => one.output === output)?.name;
  const answer = first === name ? outputFields(output) : `The same as of [${first}](#${first}).`;
  return ['**Input**', inputFields(input), '**Output**', answer];
}

function effectOf({ readOnly, destructive }: Action['hints']): string {
  if (readOnly) return 'reads';
  return destructive ? 'changes devices' : 'changes no device by itself';
}

function annotationsOf({ readOnly, destructive, idempotent, openWorld = false }: Action['hints']): string {
  const hints = {
    readOnlyHint: readOnly,
    destructiveHint: destructive,
    idempotentHint: idempotent,
    openWorldHint: openWorld,
  };
  return Object.entries(hints)
    .map(([hint, holds]) => code(`${hint}: ${holds}`))
    .join(', ');
}
