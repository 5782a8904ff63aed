import type { Contradiction } from './contradictions.ts';

/** What is said of assertions that are demanded while nobody says whose they are. */
export const accessOfNoTeam = (mode: string): string =>
  `CONVOY_CLOUDFLARE_ACCESS=${mode} needs CONVOY_CLOUDFLARE_ACCESS_TEAM and CONVOY_CLOUDFLARE_ACCESS_AUDIENCE.`;

export const GATEWAY_ACCESS_OF_NO_TEAM =
  'CONVOY_CLOUDFLARE_ACCESS_GATEWAY_AUDIENCE needs CONVOY_CLOUDFLARE_ACCESS_TEAM.';

/** Values about whom a process believes that are each allowed and cannot go together. */
export const IDENTITY_CONTRADICTIONS: readonly Contradiction[] = [
  {
    variables: [
      'CONVOY_OIDC_INTROSPECTION_CLIENT_ID',
      'CONVOY_OIDC_INTROSPECTION_SECRET',
      'CONVOY_OIDC_INTROSPECTION_SECRET_FILE',
    ],
    problem({ oidcIntrospectionClientId: clientId, oidcIntrospectionSecret, oidcIntrospectionSecretFile }) {
      const secrets = [oidcIntrospectionSecret, oidcIntrospectionSecretFile].filter((value) => value !== undefined);
      if (secrets.length === (clientId === undefined ? 0 : 1)) return null;
      return (
        'CONVOY_OIDC_INTROSPECTION_CLIENT_ID goes with exactly one of CONVOY_OIDC_INTROSPECTION_SECRET and ' +
        'CONVOY_OIDC_INTROSPECTION_SECRET_FILE, and neither is set without it.'
      );
    },
  },
  {
    variables: ['CONVOY_OIDC_ACCEPT_ID_TOKENS', 'CONVOY_OIDC_AUDIENCE', 'CONVOY_PUBLIC_URL'],
    problem({ oidcIdTokenClients: clientIds = [], publicUrl, oidcAudience: audience = `${publicUrl}/mcp` }) {
      if (!clientIds.includes(audience)) return null;
      return (
        `CONVOY_OIDC_ACCEPT_ID_TOKENS names ${audience}, the audience of access tokens; ` +
        'ID tokens and access tokens could not be told apart.'
      );
    },
  },
  {
    variables: ['CONVOY_CLOUDFLARE_ACCESS', 'CONVOY_CLOUDFLARE_ACCESS_TEAM', 'CONVOY_CLOUDFLARE_ACCESS_AUDIENCE'],
    problem({ cloudflareAccess: mode = 'off', cloudflareAccessTeam: team, cloudflareAccessAudience: audience }) {
      if (mode === 'off' || (team !== undefined && audience !== undefined)) return null;
      return accessOfNoTeam(mode);
    },
  },
  {
    variables: ['CONVOY_CLOUDFLARE_ACCESS', 'CONVOY_OIDC_SUBJECT_CLAIM'],
    problem({ cloudflareAccess: mode, oidcSubjectClaim: claim }) {
      // Otherwise one person would be two, to the rule too that nobody approves a plan of their own.
      if (mode !== 'identity' || claim === 'email') return null;
      return 'CONVOY_CLOUDFLARE_ACCESS=identity needs CONVOY_OIDC_SUBJECT_CLAIM=email: an assertion names people by their address.';
    },
  },
  {
    variables: ['CONVOY_CLOUDFLARE_ACCESS_TEAM', 'CONVOY_CLOUDFLARE_ACCESS_GATEWAY_AUDIENCE'],
    problem({ cloudflareAccessTeam: team, cloudflareAccessGatewayAudience: audience }) {
      return audience !== undefined && team === undefined ? GATEWAY_ACCESS_OF_NO_TEAM : null;
    },
  },
];
