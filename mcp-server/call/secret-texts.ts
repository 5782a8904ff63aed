import { redactConsole } from '../../shared/routeros/redact-console.ts';

const MASK = '[redacted]';

/** Most texts have nothing of a secret about them and are not looked into. */
const SUSPICIOUS = /pass|secret|token|psk|key|bearer|basic|:\/\/|-----BEGIN|eyJ|cv1\./i;

const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // A JSON Web Token, and a sealed credential of ours.
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /\bcv1\.[\w-]{1,32}\.[\w-]+\.[\w-]+/g,
];

/**
 * The text with whatever looks like a secret masked: values of assignments to secret names, private keys in PEM, tokens,
 * passwords in URLs. The last look at an answer; no operation returns a secret to begin with.
 */
export function maskSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return SECRETS.reduce((masked, pattern) => masked.replaceAll(pattern, MASK), redactConsole('', text));
}
