import type { Item, RouterView } from '../../engine/definition.ts';

/** Is a listed address a DNS name? */
export const isDnsName = (address: string): boolean =>
  !/^[\d./-]+$/.test(address) && /^(?=.{1,253}$)([a-z\d_-]{1,63}\.)*[a-z\d_-]{1,63}\.?$/i.test(address);

/** The rows that DNS names on address lists lead to: one for each address, with the name as its comment. */
export function resolvedEntries(path: string, router: RouterView): Item[] {
  const named = router
    .items(path)
    .filter(({ values }) => values['disabled'] !== 'true' && isDnsName(values['address'] ?? ''));
  return named.flatMap((item) => {
    const name = item.values['address'] ?? '';
    return resolve(name, path.startsWith('/ipv6') ? 'AAAA' : 'A', router).map((address, position) => ({
      id: `*${(FIRST_RESOLVED_ID + Number.parseInt(item.id.slice(1), 16) * 16 + position).toString(16).toUpperCase()}`,
      dynamic: true,
      values: {
        address,
        comment: name,
        'creation-time': item.values['creation-time'] ?? '',
        disabled: 'false',
        list: item.values['list'] ?? '',
      },
      internal: {},
    }));
  });
}

/** Ids of these rows change on devices whenever the name is looked up again. */
const FIRST_RESOLVED_ID = 0x80_0000;

/** Addresses of a name: those that the router's own DNS answers with, or always the same ones. */
function resolve(name: string, type: 'A' | 'AAAA', router: RouterView): string[] {
  if (name.endsWith('.invalid')) return [];
  const own = router
    .items('/ip/dns/static')
    .filter(
      ({ values }) => values['name'] === name && (values['type'] ?? 'A') === type && values['disabled'] !== 'true',
    )
    .flatMap(({ values }) => values['address'] ?? []);
  if (own.length > 0) return own;
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 62_500;
  const [high, low] = [Math.floor(hash / 250) + 1, (hash % 250) + 1];
  return [type === 'A' ? `93.184.${high}.${low}` : `2606:2800:${high.toString(16)}::${low.toString(16)}/128`];
}
