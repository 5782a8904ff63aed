/** The text of a document that `fetch` answered. */
export function documentText({ text }: Record<string, unknown>): string {
  return typeof text === 'string' ? text : '';
}
