import type { Names } from '../language/names.ts';
import { parseScript } from '../language/parse-script.ts';
import { quote } from '../language/quoted-text.ts';
import { ScriptError } from '../language/script-error.ts';
import type { Argument, Expression, Statement } from '../language/syntax-tree.ts';
import { Code, type Value } from './values.ts';

/**
 * What `:parse` answers: code, which prints as what the console understood of the text, wrong names included; or the
 * text of the error when the syntax is wrong. It never fails. Forms measured on 7.20 to 7.23.
 */
export function parseToValue(source: string, names: Names): Value {
  try {
    const statements = parseScript(source, names);
    return new Code(statements, statements.map(printStatement).join(';'));
  } catch (error) {
    if (error instanceof ScriptError) return error.message;
    throw error;
  }
}

function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'bad':
      return `(<%% ${statement.text} ${statement.words.join(';')})`;
    case 'menu':
      return statement.body ? statement.body.map(printStatement).join(';') : '';
    case 'call':
      return `(evl $${statement.name}${printArguments(statement.args)})`;
    default: {
      const { path, name, args, where, badParameter } = statement;
      const head = path === '/' ? `/${name}` : `${path}/${name}`;
      const condition = where ? `where=${printExpression(where)}` : '';
      const problem = badParameter === undefined ? '' : `${badParameter} `;
      const given = [printArguments(args), condition].filter((text) => text !== '').join(';');
      return `(evl ${problem}${head}${given})`;
    }
  }
}

function printArguments(args: readonly Argument[]): string {
  return args.map(({ name, value }) => `${name}=${printExpression(value)}`).join(';');
}

function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return expression.value.text;
    case 'template':
      return `(${expression.parts.map((part) => (part.kind === 'literal' ? quote(part.value.text) : printExpression(part))).join(' . ')})`;
    case 'variable':
    case 'property':
      return `$${expression.name}`;
    case 'result':
      return expression.statements.map(printStatement).join(';');
    case 'block':
      return `;${expression.body.map(printStatement).join(';')}`;
    case 'array':
      return expression.entries
        .map(({ key, value }) => (key === undefined ? '' : `${key}=`) + printExpression(value))
        .join(';');
    case 'unary':
      return `(${expression.operator} ${printExpression(expression.operand)})`;
    default:
      return `(${expression.operator} ${printExpression(expression.left)} ${printExpression(expression.right)})`;
  }
}
