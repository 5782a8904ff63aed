declare module 'spdx-satisfies' {
  /** Whether the licence expression can be met by the listed licences alone; throws when it is no SPDX expression. */
  export default function satisfies(expression: string, allowed: readonly string[]): boolean;
}
