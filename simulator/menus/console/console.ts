import type { MenuDefinition } from '../../engine/definition.ts';
import { missingArgument, noMatch } from '../../engine/router-error.ts';

/** `/console`: what the router says about its own menus, commands and arguments. */
export const consoleDirectory: MenuDefinition = {
  path: '/console',
  kind: 'directory',
  fields: {},
  commands: {
    inspect: {
      policy: 'read',
      parameters: ['request', 'path', 'input', 'without-paging', '.proplist'],
      run: (args, router) => {
        const request = args.get('request');
        if (request === undefined) throw missingArgument('request');
        const requests = request.split(',');
        if (!requests.every((one) => REQUESTS.has(one))) throw noMatch('request');
        const [path, input] = [args.get('path') ?? '', args.get('input') ?? ''];
        return { kind: 'rows', rows: requests.flatMap((one) => router.inspect(one, path, input)) };
      },
    },
  },
};

const REQUESTS = new Set(['self', 'child', 'completion', 'highlight', 'syntax', 'error']);
