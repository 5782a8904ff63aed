import { z } from 'zod';
import { Scope } from '../../domain/principal.ts';

const NAME = /^[\x21-\x7e]{1,200}$/;
const listOfNames = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(z.string().regex(NAME)).min(1));

/** What somebody may hold whose proof names no scopes: never what only people's own programs may. */
const AgentScope = Scope.extract(['fleet:read', 'fleet:write', 'fleet:plan']);

/** Variables about whom the web process believes; rows of the one table in `variables.ts`. */
export const IDENTITY_VARIABLES = {
  CONVOY_OIDC_SUBJECT_CLAIM: {
    field: 'oidcSubjectClaim',
    about:
      'The claim that names a person, the same in all tokens of that person: "oid" for Entra, whose "sub" differs from client to client.',
    allowed: 'the name of a claim',
    schema: z
      .string()
      .regex(/^[A-Za-z_][\w:./-]{0,99}$/)
      .default('sub'),
  },
  CONVOY_OIDC_GATEWAY_CLIENT_ID: {
    field: 'oidcGatewayClientId',
    about: "The approval gateway's client id, where the identity provider chooses client ids itself.",
    allowed: 'a client id',
    schema: z.string().regex(NAME).default('convoy-gateway'),
  },
  CONVOY_OIDC_CLI_CLIENT_ID: {
    field: 'oidcCliClientId',
    about: "The command line's client id, where the identity provider chooses client ids itself.",
    allowed: 'a client id',
    schema: z.string().regex(NAME).default('convoy-cli'),
  },
  CONVOY_OIDC_KEYS_KEEP_SECONDS: {
    field: 'oidcKeysKeepSeconds',
    about:
      "So long are the identity provider's last known signing keys used while it cannot be reached; then every token is answered 503.",
    allowed: 'a whole number from 60 to 604800',
    schema: z
      .string()
      .regex(/^\d{1,6}$/)
      .transform(Number)
      .pipe(z.int().min(60).max(604_800))
      .default(86_400),
  },
  CONVOY_OIDC_INTROSPECTION_CLIENT_ID: {
    field: 'oidcIntrospectionClientId',
    about:
      'The client as which opaque access tokens are looked up at the identity provider (RFC 7662). Not set: those are refused.',
    allowed: 'a client id',
    schema: z.string().regex(NAME).optional(),
  },
  CONVOY_OIDC_INTROSPECTION_SECRET: {
    field: 'oidcIntrospectionSecret',
    about: "That client's secret.",
    allowed: 'any text',
    schema: z.string().optional(),
    secret: true,
  },
  CONVOY_OIDC_INTROSPECTION_SECRET_FILE: {
    field: 'oidcIntrospectionSecretFile',
    about: "A file that holds that client's secret.",
    allowed: 'the path of a file',
    schema: z.string().min(1).optional(),
  },
  CONVOY_OIDC_ACCEPT_ID_TOKENS: {
    field: 'oidcIdTokenClients',
    about:
      'Client ids whose ID tokens are accepted in place of access tokens, for identity providers that give nothing better. Not set: none are.',
    allowed: 'client ids, separated by commas',
    schema: listOfNames.optional(),
  },
  CONVOY_DEFAULT_SCOPES: {
    field: 'defaultScopes',
    about: 'Scopes of a caller whose proof names none: an ID token, or a Cloudflare Access assertion as the identity.',
    allowed: 'fleet:read, fleet:write and fleet:plan, separated by commas',
    schema: z
      .string()
      .transform((text) => text.split(',').map((scope) => scope.trim()))
      .pipe(z.array(AgentScope).min(1))
      .prefault('fleet:read'),
  },
  CONVOY_CLOUDFLARE_ACCESS: {
    field: 'cloudflareAccess',
    about:
      'Assertions of Cloudflare Access: "required" demands one of the same person besides each token; with "identity" it is the identity of MCP clients, and the token is not looked at.',
    allowed: 'off, required or identity',
    schema: z.enum(['off', 'required', 'identity']).default('off'),
  },
  CONVOY_CLOUDFLARE_ACCESS_TEAM: {
    field: 'cloudflareAccessTeam',
    about: 'The team whose assertions those are: the name before .cloudflareaccess.com.',
    allowed: '1 to 63 lower case letters, digits or "-"',
    schema: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
      .optional(),
  },
  CONVOY_CLOUDFLARE_ACCESS_AUDIENCE: {
    field: 'cloudflareAccessAudience',
    about: "The Access application's audience (AUD) tag.",
    allowed: 'the 64 hexadecimal digits that Cloudflare shows',
    schema: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  },
  CONVOY_CLOUDFLARE_ACCESS_GATEWAY_AUDIENCE: {
    field: 'cloudflareAccessGatewayAudience',
    about:
      "The audience (AUD) tag of the Access application in front of the approval gateway, which then demands an assertion that names the person's e-mail address besides each session and token. Default: it looks at none.",
    allowed: 'the 64 hexadecimal digits that Cloudflare shows',
    schema: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  },
  CONVOY_CHATGPT_CHALLENGE: {
    field: 'chatgptChallenge',
    about:
      'How ChatGPT is told that a call needs more scopes: "http" by a 403 as everybody, "result" by a tool result with _meta["mcp/www_authenticate"].',
    allowed: 'http or result',
    schema: z.enum(['http', 'result']).default('http'),
  },
} as const;
