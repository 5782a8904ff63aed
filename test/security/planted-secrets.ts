import type { Router } from '../../simulator/router/router.ts';

/** Whatever is found of this anywhere outside of a router is a secret that got out. */
export const CANARY = 'canary7Kq2';

/** Rows that hold a secret, for menus that have none to begin with. */
const ROWS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/ppp/secret': { name: 'someone', password: CANARY },
  '/snmp/community': { name: `${CANARY}-community`, 'authentication-password': CANARY, 'encryption-password': CANARY },
  '/interface/pppoe-client': { name: 'pppoe-wan', interface: 'ether1', user: 'someone', password: CANARY },
  '/system/ntp/key': { 'key-id': '1', 'key-val': CANARY },
  '/routing/bgp/connection': { name: 'upstream', 'tcp-md5-key': CANARY },
  '/user': { name: 'somebody', group: 'read', password: CANARY },
  '/system/script': { name: 'hooks', source: `:local password "${CANARY}"\n/tool fetch password=${CANARY}` },
  '/system/scheduler': { name: 'nightly', interval: '1d', 'on-event': `/tool/e-mail/send password=${CANARY}` },
};

/** Puts the canary into every secret the router has, and into texts where people leave secrets. Returns how many. */
export function plantSecrets(router: Router): number {
  let planted = 0;
  for (const [menu, values] of Object.entries(ROWS)) {
    if (router.tree.get(menu) === undefined) continue;
    router.insert(menu, { ...values });
    planted += 1;
  }
  router.tree.useAll();
  for (const menu of router.tree.used()) {
    const secrets = Object.entries(menu.definition.fields).filter(([, field]) => field.sensitive === true);
    for (const [field] of secrets) {
      for (const item of menu.items) {
        item.values[field] = CANARY;
        planted += 1;
      }
    }
  }
  router.log('system,info,account', `user changed by admin (/user/set somebody password=${CANARY})`);
  return planted;
}
