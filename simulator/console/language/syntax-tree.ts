import type { Position } from './source.ts';

/** Something a script does. */
export type Statement =
  | Command
  | BadName
  /** `$function argument name=value` */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Argument[]; readonly at: Position }
  /** A bare path: what follows happens in that menu. */
  | { readonly kind: 'menu'; readonly path: string; readonly body?: readonly Statement[] };

export type Command = {
  readonly kind: 'command';
  /** Menu of the command; `/` for those of the language itself. */
  readonly path: string;
  readonly name: string;
  readonly args: readonly Argument[];
  /** The condition of `find` and of `print where`. */
  readonly where?: Expression;
  /** A parameter that the command does not have: reported when the command is reached. */
  readonly badParameter?: string;
  readonly at: Position;
};

/** A word that is neither menu nor command: reported when the statement is reached. */
export type BadName = { readonly kind: 'bad'; readonly text: string; readonly words: readonly string[] };

/** A named argument; bare values have got the name of the parameter they stand for. */
export type Argument = { readonly name: string; readonly value: Expression };

export type Expression =
  | { readonly kind: 'literal'; readonly value: Literal }
  /** A quoted text with variables, results and expressions in it. */
  | { readonly kind: 'template'; readonly parts: readonly Expression[] }
  | { readonly kind: 'variable'; readonly name: string }
  /** A property of the row that a condition looks at. */
  | { readonly kind: 'property'; readonly name: string }
  /** `[ … ]` */
  | { readonly kind: 'result'; readonly statements: readonly Statement[] }
  /** `{ … }` as code. */
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  /** `{1; 2; a=3}` */
  | { readonly kind: 'array'; readonly entries: readonly { readonly key?: string; readonly value: Expression }[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression };

/** A value as written; bare words keep their text until something asks for their type. */
export type Literal =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'word'; readonly text: string };
