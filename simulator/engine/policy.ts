/** The policies of a user group, in the order in which RouterOS prints them. Source: manual, User > Groups. */
export const POLICIES = [
  'local',
  'telnet',
  'ssh',
  'ftp',
  'reboot',
  'read',
  'write',
  'policy',
  'test',
  'winbox',
  'password',
  'web',
  'sniff',
  'sensitive',
  'api',
  'romon',
  'rest-api',
] as const;

export type Policy = (typeof POLICIES)[number];

/** Every policy: what the built-in group `full` has. */
export const ALL_POLICIES: ReadonlySet<Policy> = new Set(POLICIES);

/** Prints a set of policies the way `/user/group` does: granted ones first, then the others with `!`. */
export function formatPolicies(granted: ReadonlySet<Policy>): string {
  const held = POLICIES.filter((policy) => granted.has(policy));
  const lacking = POLICIES.filter((policy) => !granted.has(policy)).map((policy) => `!${policy}`);
  return [...held, ...lacking].join(',');
}

/** Reads a policy list; words with `!` are not granted. Returns undefined when a word is no policy. */
export function parsePolicies(text: string): Set<Policy> | undefined {
  const granted = new Set<Policy>();
  for (const word of text.split(',').filter((part) => part !== '')) {
    const name = word.replace(/^!/, '');
    if (!isPolicy(name)) return undefined;
    if (!word.startsWith('!')) granted.add(name);
  }
  return granted;
}

function isPolicy(word: string): word is Policy {
  return (POLICIES as readonly string[]).includes(word);
}
