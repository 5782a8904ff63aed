import { type Context, parseCompound, parseParentheses } from './parse-value.ts';
import type { Expression } from './syntax-tree.ts';

/** An expression as it stands in parentheses. */
export function parseExpression(context: Context): Expression {
  return parseBinary({ ...context, operands: 'values' }, 0);
}

/**
 * A condition: `name=ether1 running`, `(a=1 or b~"x") and !disabled`. Conditions side by side must all hold; the word
 * on the left of an operator is a property, the one on the right a value. Nothing at all is always true.
 */
export function parseCondition(context: Context): Expression {
  const { reader } = context;
  const operands: Operands = { ...context, operands: 'properties' };
  let condition: Expression | undefined;
  for (;;) {
    reader.skipBlanks();
    if (/^[;\n\r\]})]?$/.test(reader.peek())) return condition ?? TRUE;
    const next = parseBinary(operands, 0);
    condition = condition ? { kind: 'binary', operator: '&&', left: condition, right: next } : next;
  }
}

const TRUE: Expression = { kind: 'literal', value: { kind: 'word', text: 'true' } };

/** What bare words are: values, or (in conditions) properties of a row where they come first. */
type Operands = Context & { readonly operands: 'values' | 'properties' };

/** Operators that bind alike, from the loosest to the tightest. Source: manual, Scripting > Operators. */
const LEVELS: readonly RegExp[] = [
  /\|\||or(?![\w-])/y,
  /&&|and(?![\w-])/y,
  /in(?![\w-])/y,
  /<=|>=|!=|=|~|<(?!<)|>(?!>)/y,
  /,/y,
  /\.(?!\w)/y,
  /\|(?!\|)|\^|&(?!&)/y,
  /<<|>>/y,
  /\+|-(?!>)/y,
  /\*|\/|%/y,
  /->/y,
];

const ALIASES: Readonly<Record<string, string | undefined>> = { or: '||', and: '&&' };
const COMPARISONS = 3;

function parseBinary(context: Operands, level: number): Expression {
  const pattern = LEVELS[level];
  if (!pattern) return parseUnary(context);
  const { reader } = context;
  let left = parseBinary(context, level + 1);
  for (;;) {
    const start = reader.offset;
    reader.skipBlanks(context.operands === 'values');
    const operator = reader.take(pattern);
    if (operator === undefined) {
      reader.offset = start;
      return left;
    }
    reader.skipBlanks(context.operands === 'values');
    const right =
      level === COMPARISONS && context.operands === 'properties'
        ? parseComparand(context)
        : parseBinary(context, level + 1);
    left = { kind: 'binary', operator: ALIASES[operator] ?? operator, left, right };
  }
}

function parseUnary(context: Operands): Expression {
  const { reader } = context;
  const operator = reader.take(/!(?!=)|~|-(?!>)/y);
  if (operator !== undefined) {
    reader.skipBlanks();
    return { kind: 'unary', operator, operand: parseUnary(context) };
  }
  return parseOperand(context);
}

function parseOperand(context: Operands): Expression {
  const { reader } = context;
  const compound = parseCompound(context, context.operands === 'values' ? parseParentheses : parseGroup);
  if (compound) return compound;
  if (context.operands === 'properties') {
    const name = reader.take(/[A-Za-z0-9.][A-Za-z0-9._-]*/y);
    if (name === undefined) throw reader.error('syntax error');
    return { kind: 'property', name };
  }
  const text = reader.take(OPERAND);
  if (text === undefined) throw reader.error('syntax error');
  return { kind: 'literal', value: { kind: 'word', text } };
}

/** Addresses, times, numbers, ids, words: what may stand bare next to an operator. */
const OPERAND = new RegExp(
  [
    String.raw`\d+\.\d+\.\d+\.\d+(?:\/\d+)?`,
    String.raw`(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?:\/\d+)?`,
    String.raw`(?:\d+[wd])*\d+:\d\d(?::\d\d)?(?:\.\d+)?`,
    String.raw`\d{4}-\d\d-\d\d`,
    String.raw`0x[\da-fA-F]+`,
    String.raw`(?:\d+(?:w|d|h|ms|us|m|s))+(?![A-Za-z])`,
    String.raw`\d+`,
    String.raw`\*[\dA-F]+`,
    String.raw`[A-Za-z_][\w-]*`,
  ].join('|'),
  'y',
);

/** What a property is compared with: a bare word goes up to the next blank, bracket or operator. */
function parseComparand(context: Operands): Expression {
  const { reader } = context;
  const compound = parseCompound({ ...context, operands: 'values' }, parseParentheses);
  if (compound) return compound;
  const text = reader.take(/[^\s;"{}[\]()$\\=<>~&|]+/y);
  if (text === undefined) throw reader.error('syntax error');
  return { kind: 'literal', value: { kind: 'word', text } };
}

function parseGroup(context: Operands): Expression {
  const { reader } = context;
  reader.expect('(');
  reader.skipBlanks(true);
  const inner = parseBinary(context, 0);
  reader.skipBlanks(true);
  reader.expect(')');
  return inner;
}
