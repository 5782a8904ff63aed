const MASK = '[redacted]';
/** Deeper data is cut off, which also ends cycles. */
const MAX_DEPTH = 10;

/** Matched against the end of a key in lower case without "-" and "_", so `Set-Cookie` and `sealedCredential` are met. */
const SECRET_KEY =
  /(password|passwd|passphrase|passcode|(?<!by|com|tres|sur)pass|pwd|psk|secret|token|authorization|cookie|sealed|credentials?|(private|preshared|shared|api|master|secret|auth|authentication|encryption|access|signing|wpa|wep)key)$/;

/** Text that is a secret wherever it stands, besides tokens: what a scheme of authorization names, passwords in URLs. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${MASK}`],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/]{0,200}):[^\s@/]{1,500}@/gi, `$1:${MASK}@`],
];

const SEALED = /\bcv1\.[\w-]{1,32}\.[\w-]+\.[\w-]+/g;
/** Parts of a token with the dots between them; whole, so that no part of a long one is looked at again. */
const DOTTED = /(?<![\w.-])[\w-]+(?:\.[\w-]*){2,}/g;
const TOKEN_HEAD = /\beyJ[\w-]{8,}$/;

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.toLowerCase().replaceAll(/[-_]/g, ''));
}

/** The text with what looks like a token, a URL's password or a sealed credential masked. */
export function redactText(text: string): string {
  return SECRET_TEXTS.reduce(
    (masked, [pattern, replacement]) => masked.replaceAll(pattern, replacement),
    maskTokens(text),
  );
}

/** The text with JSON Web Tokens and sealed credentials masked, in time that grows with its length whatever it holds. */
export function maskTokens(text: string): string {
  return text.replaceAll(SEALED, MASK).replaceAll(DOTTED, maskDotted);
}

function maskDotted(dotted: string): string {
  const parts = dotted.split('.');
  const shown: string[] = [];
  for (let part = 0; part < parts.length; part += 1) {
    const text = parts[part] ?? '';
    const head = parts.length - part > 2 && parts[part + 1] !== '' ? text.search(TOKEN_HEAD) : -1;
    shown.push(head === -1 ? text : `${text.slice(0, head)}${MASK}`);
    if (head !== -1) part += 2;
  }
  return shown.join('.');
}

/** A copy of plain data with the values of secret-looking keys, and secret-looking text, masked at any depth. */
export function redactData(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redactData(item, depth + 1));
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return redactData((value as { toJSON: () => unknown }).toJSON(), depth + 1);
  }
  if (value instanceof Map || value instanceof Set) return redactData([...value], depth + 1);
  return redactFields(value as Record<string, unknown>, depth);
}

/** As redactData, for a record of fields. */
export function redactFields(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      isSecretKey(key) && value !== null && value !== undefined ? MASK : redactData(value, depth + 1),
    ]),
  );
}
