/** A browser without a screen: keeps cookies and fills in the identity provider's sign-in form. */
export interface HttpBrowser {
  cookies: Map<string, string>;
  /** Follows no redirect; sends what a browser sends when a person opens a page. */
  open: (url: string, headers?: Record<string, string>) => Promise<Response>;
  /** As a script of the page at `origin` sends it. */
  post(url: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form. */
  submit(url: string, fields: Record<string, string>): Promise<Response>;
  /** Opens the page, signs in where asked, and answers the page that comes after. */
  signIn(url: string, user: string): Promise<Response>;
  /** The same from an answer that was already received. */
  signInFrom(answer: Response, user: string): Promise<Response>;
}

const MAX_STEPS = 15;

export function createHttpBrowser(): HttpBrowser {
  const cookies = new Map<string, string>();

  async function send(
    url: string,
    init: Omit<RequestInit, 'headers'>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie, ...headers } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  const browser: HttpBrowser = {
    cookies,
    open: (url, headers = {}) => send(url, {}, { accept: 'text/html', ...headers }),
    post: (url, body, headers = {}) =>
      send(url, { method: 'POST', body: JSON.stringify(body) }, { origin: new URL(url).origin, ...headers }),
    submit: (url, fields) => send(url, { method: 'POST', body: new URLSearchParams(fields) }),
    signIn: async (url, user) => browser.signInFrom(await browser.open(url), user),
    async signInFrom(answer, user) {
      let response = answer;
      for (let step = 0; step < MAX_STEPS; step += 1) {
        const location = response.headers.get('location');
        if (location !== null) response = await browser.open(new URL(location, response.url).href);
        else if (new URL(response.url).pathname.startsWith('/interaction/')) {
          const fields = { prompt: 'login', email: `${user}@convoy.test`, password: 'convoy' };
          response = await browser.submit(response.url, fields);
        } else return response;
      }
      throw new Error(`signing in did not end after ${MAX_STEPS} steps, the last at ${response.url}`);
    },
  };
  return browser;
}
