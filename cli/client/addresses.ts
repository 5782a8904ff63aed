import { z } from 'zod';
import { loadConfig } from '../../shared/platform/config/load-config.ts';
import { toolConfig } from '../../shared/platform/config/processes.ts';
import { homeAt, homePath } from '../stack/home.ts';
import { readStackFile } from '../stack/stack-file.ts';
import { CliError } from './cli-error.ts';

/** Where a deployment is reached. */
export interface Addresses {
  apiUrl: string;
  /** Resource indicator of MCP access tokens. */
  mcpUrl: string;
  /** Origin of the approval gateway, also the resource of tokens that may approve and administer. */
  approvalUrl: string;
  issuer: string;
  /** The command line at the identity provider. */
  cliClientId: string;
  /** Whether these are the embedded stack's, whose people can be signed in by name. */
  isEmbedded: boolean;
  /** Folder of the token cache. */
  homeDir: string;
}

export interface AddressFlags {
  /** Origin of the web process. */
  url?: string;
  approvalUrl?: string;
  issuer?: string;
}

/** What the command line is called where the identity provider lets a client choose its id. */
const CLI_CLIENT_ID = 'convoy-cli';

const ResourceMetadata = z.object({ authorization_servers: z.array(z.url()).min(1) });

/**
 * From the flags, else from CONVOY_PUBLIC_URL, CONVOY_APPROVAL_URL and CONVOY_OIDC_ISSUER, else from the `stack.json` of
 * the running embedded stack. Fails with STACK_NOT_RUNNING when none of them says anything.
 */
export async function findAddresses(flags: AddressFlags, env: NodeJS.ProcessEnv = process.env): Promise<Addresses> {
  const config = loadConfig(toolConfig, env);
  const homeDir = homePath(env);
  const url = originOf('--url', flags.url) ?? config.publicUrl;
  if (url === undefined) return withFlags(await embeddedAddresses(homeDir), flags);

  const approvalUrl = originOf('--approval-url', flags.approvalUrl) ?? config.approvalUrl;
  if (approvalUrl === undefined) {
    throw new CliError('INVALID_CONFIGURATION', `The approval gateway that belongs to ${url} is not known.`, {
      hint: 'Give --approval-url or set CONVOY_APPROVAL_URL.',
    });
  }
  const issuer = flags.issuer ?? config.oidcIssuer ?? (await issuerOf(url));
  const addresses = { apiUrl: `${url}/api/v1`, mcpUrl: `${url}/mcp`, approvalUrl, issuer };
  return { ...addresses, cliClientId: config.oidcCliClientId ?? CLI_CLIENT_ID, isEmbedded: false, homeDir };
}

async function embeddedAddresses(homeDir: string): Promise<Addresses> {
  const stack = await readStackFile(homeAt(homeDir).stackFile);
  return {
    apiUrl: stack.apiUrl,
    mcpUrl: stack.mcpUrl,
    approvalUrl: new URL(stack.temporal.uiUrl).origin,
    issuer: stack.oidc.issuer,
    cliClientId: CLI_CLIENT_ID,
    isEmbedded: stack.pids.identityProvider !== undefined,
    homeDir,
  };
}

function withFlags(addresses: Addresses, flags: AddressFlags): Addresses {
  const approvalUrl = originOf('--approval-url', flags.approvalUrl) ?? addresses.approvalUrl;
  // Another issuer is not the embedded one, and its people are not ours to sign in.
  const isEmbedded = addresses.isEmbedded && (flags.issuer === undefined || flags.issuer === addresses.issuer);
  return { ...addresses, approvalUrl, issuer: flags.issuer ?? addresses.issuer, isEmbedded };
}

/** The one authorization server that the MCP endpoint names (RFC 9728). */
async function issuerOf(url: string): Promise<string> {
  const address = `${url}/.well-known/oauth-protected-resource/mcp`;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    const [issuer = ''] = ResourceMetadata.parse(await response.json()).authorization_servers;
    return issuer;
  } catch (cause) {
    throw new CliError('SERVICE_UNAVAILABLE', `${address} does not say which identity provider to sign in at.`, {
      hint: 'Check --url, or give --issuer.',
      cause,
    });
  }
}

function originOf(flag: string, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const url = URL.parse(given);
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '') return url.origin;
  throw new CliError(
    'VALIDATION_ERROR',
    `${flag} is ${JSON.stringify(given)}; allowed is an http(s) URL without a path.`,
  );
}
