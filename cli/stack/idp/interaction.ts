import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type Provider from 'oidc-provider';
import { isNative } from './clients.ts';
import { consentPage } from './consent-page.ts';
import { grantOidcScopes } from './grant-scopes.ts';
import { loginPage } from './login-page.ts';
import { pageHeaders } from './page.ts';
import { isFleetScope } from './resources.ts';
import { EMBEDDED_PASSWORD, findUser } from './users.ts';

/** Where oidc-provider sends the browser when it needs the person. */
export function interactionPath(uid: string): string {
  return `/interaction/${uid}`;
}

const MAX_FORM_BYTES = 8_192;

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** Koa middleware that shows and takes the sign-in and consent forms. */
export function interactionPages(provider: Provider) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    if (!/^\/interaction\/[\w-]+$/.test(ctx.path) || !['GET', 'POST'].includes(ctx.method)) return next();
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    if (ctx.method === 'GET') return show(ctx, await renderPrompt(provider, details));
    const form = await readForm(ctx.req);
    if (form.get('decision') === 'cancel') {
      const refusal = { error: 'access_denied', error_description: 'the person declined' };
      return finish(provider, ctx, refusal);
    }
    if (details.prompt.name === 'login') return signIn(provider, ctx, details, form);
    return finish(provider, ctx, { consent: { grantId: await grantConsent(provider, details) } }, true);
  };
}

async function renderPrompt(provider: Provider, details: Interaction): Promise<string> {
  const { prompt, params, session } = details;
  const action = interactionPath(details.uid);
  const clientName = await clientNameOf(provider, details);
  if (prompt.name === 'login') {
    const hint = params['login_hint'];
    return loginPage({ action, clientName, email: typeof hint === 'string' ? hint : undefined });
  }
  const { redirect_uri: redirectUri, scope } = params;
  const redirect = typeof redirectUri === 'string' ? URL.parse(redirectUri) : null;
  const { oidcScopes, resourceScopes } = missingScopes(details);
  return consentPage({
    action,
    clientName,
    redirectHost: redirect?.host ?? 'this device',
    userName: findUser(session?.accountId ?? '')?.name ?? 'you',
    scopes: isNative(String(params['client_id']))
      ? (typeof scope === 'string' ? scope : '').split(' ')
      : [...oidcScopes.filter((scope) => !isFleetScope(scope)), ...Object.values(resourceScopes).flat()],
  });
}

async function signIn(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  details: Interaction,
  form: URLSearchParams,
): Promise<void> {
  const email = form.get('email') ?? '';
  const user = findUser(email);
  if (user && form.get('password') === EMBEDDED_PASSWORD) {
    return finish(provider, ctx, { login: { accountId: user.email, amr: ['pwd'] } });
  }
  const clientName = await clientNameOf(provider, details);
  const problem = 'E-mail or password is wrong.';
  return show(ctx, loginPage({ action: interactionPath(details.uid), clientName, email, problem }));
}

async function grantConsent(provider: Provider, details: Interaction): Promise<string> {
  const known = details.grantId ? await provider.Grant.find(details.grantId) : undefined;
  const grant =
    known ??
    new provider.Grant({ accountId: details.session?.accountId, clientId: String(details.params['client_id']) });
  const { oidcScopes, resourceScopes } = missingScopes(details);
  grantOidcScopes(grant, oidcScopes);
  for (const [resource, scopes] of Object.entries(resourceScopes)) grant.addResourceScope(resource, scopes.join(' '));
  return grant.save();
}

function missingScopes(details: Interaction): {
  oidcScopes: string[];
  resourceScopes: Record<string, string[]>;
} {
  const { missingOIDCScope, missingResourceScopes } = details.prompt.details as {
    missingOIDCScope?: string[];
    missingResourceScopes?: Record<string, string[]>;
  };
  return { oidcScopes: missingOIDCScope ?? [], resourceScopes: missingResourceScopes ?? {} };
}

async function clientNameOf(provider: Provider, details: Interaction): Promise<string> {
  const clientId = String(details.params['client_id']);
  const client = await provider.Client.find(clientId);
  return client?.clientName ?? clientId;
}

async function finish(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  result: Parameters<Provider['interactionFinished']>[2],
  isContinuation = false,
): Promise<void> {
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: isContinuation });
}

function show(ctx: KoaContextWithOIDC, html: string): void {
  ctx.set({ ...pageHeaders });
  ctx.type = 'html';
  ctx.body = html;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) throw Object.assign(new Error('the form is too large'), { status: 413, expose: true });
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
