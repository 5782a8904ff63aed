import type { Expression } from '../language/syntax-tree.ts';
import { applyBinary, applyUnary, truth } from './operators.ts';
import type { Frame, Steps } from './script-run.ts';
import { ArrayValue, Code, type Entry, fromWord, toText } from './values.ts';

export function* evaluate(expression: Expression, frame: Frame): Steps {
  switch (expression.kind) {
    case 'literal':
      return expression.value.kind === 'text' ? expression.value.text : fromWord(expression.value.text);
    case 'template': {
      let text = '';
      for (const part of expression.parts) text += toText(yield* evaluate(part, frame));
      return text;
    }
    case 'variable':
      return frame.properties?.(expression.name) ?? frame.variables.get(expression.name);
    case 'property':
      return frame.properties?.(expression.name);
    case 'result':
      return yield* frame.run.runStatements(expression.statements, { ...frame, variables: frame.variables.inner() });
    case 'block':
      return new Code(expression.body, '(code)');
    case 'array':
      return yield* evaluateArray(expression.entries, frame);
    case 'unary':
      return expression.operator === '!'
        ? !(yield* holds(expression.operand, frame))
        : applyUnary(expression.operator, yield* evaluate(expression.operand, frame));
    default:
      return yield* evaluateBinary(expression, frame);
  }
}

/** The text of a value as an argument of a menu's command: bare words stay as they were written. */
export function* evaluateArgument(expression: Expression, frame: Frame): Steps {
  return expression.kind === 'literal' ? expression.value.text : yield* evaluate(expression, frame);
}

type ArrayEntries = Extract<Expression, { kind: 'array' }>['entries'];

function* evaluateArray(entries: ArrayEntries, frame: Frame): Steps {
  const values: Entry[] = [];
  for (const { key, value } of entries) {
    const evaluated = yield* evaluate(value, frame);
    values.push(key === undefined ? { value: evaluated } : { key, value: evaluated });
  }
  return new ArrayValue(values);
}

/** The right side of `and` and `or` is looked at only when it matters. */
function* evaluateBinary(expression: Extract<Expression, { kind: 'binary' }>, frame: Frame): Steps {
  const { operator } = expression;
  if (operator === '&&' || operator === '||') {
    const first = yield* holds(expression.left, frame);
    return first === (operator === '||') ? first : yield* holds(expression.right, frame);
  }
  const left = yield* evaluate(expression.left, frame);
  return applyBinary(operator, left, yield* evaluate(expression.right, frame));
}

/** Does a condition hold? A property alone does when the row has it, and it is not false. */
export function* holds(expression: Expression, frame: Frame): Steps<boolean> {
  const value = yield* evaluate(expression, frame);
  return expression.kind === 'property' ? value !== undefined && value !== false && value !== '' : truth(value);
}
