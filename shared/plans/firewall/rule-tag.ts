/** `convoy:allow-dns`, as it stands in the comment of the rule. */
export function tagOf(ruleId: string): string {
  return `convoy:${ruleId}`;
}

/** The comment of a tagged rule: the tag, and behind it what people read. */
export function taggedComment(ruleId: string, text: string | null | undefined): string {
  return text ? `${tagOf(ruleId)} ${text}` : tagOf(ruleId);
}

/** The ruleId in a comment; null when it has none. */
export function ruleIdIn(comment: string | undefined): string | null {
  return /(?:^|\s)convoy:([a-z0-9][a-z0-9._-]{0,62})(?=\s|$)/.exec(comment ?? '')?.[1] ?? null;
}
