import { createHttpBrowser } from '../../mcp-server/gateway/support/http-browser.ts';

/** Does in the browser what the device login asks for, as the viewer. */
export async function confirmDevice(address: string): Promise<void> {
  const browser = createHttpBrowser();
  const form = await (await browser.open(address)).text();
  const value = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? '';
  const action = /action="([^"]+)"/.exec(form)?.[1] ?? address;
  const answer = await browser.submit(new URL(action, address).href, {
    xsrf: value('xsrf'),
    user_code: value('user_code'),
    confirm: 'yes',
  });
  await browser.signInFrom(answer, 'viewer');
}
