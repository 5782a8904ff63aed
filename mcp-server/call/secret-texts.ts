import { maskTokens } from '../../shared/platform/telemetry/redaction.ts';
import { redactConsole } from '../../shared/routeros/redact-console.ts';

const MASK = '[redacted]';

/** Most texts have nothing of a secret about them and are not looked into. */
const SUSPICIOUS = /pass|secret|token|psk|key|bearer|basic|:\/\/|-----BEGIN|eyJ|cv1\./i;

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/**
 * The text with whatever looks like a secret masked: values of assignments to secret names, private keys in PEM, tokens,
 * passwords in URLs. The last look at an answer; no operation returns a secret to begin with.
 */
export function maskSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return maskTokens(redactConsole('', text).replaceAll(PRIVATE_KEY, MASK));
}
