import type { MenuDefinition } from '../../../engine/definition.ts';
import { missingArgument } from '../../../engine/router-error.ts';
import { olderRangesOf } from '../radio-regulation.ts';
import { WIRELESS } from './wireless.ts';

/** What the older driver knows besides its radios. */
export const wirelessInfo: MenuDefinition = {
  path: `${WIRELESS}/info`,
  kind: 'directory',
  fields: {},
  commands: {
    'country-info': {
      policy: 'read',
      parameters: ['country', 'as-value', '.proplist'],
      run: (args) => {
        const country = args.get('country');
        if (typeof country !== 'string') throw missingArgument('country');
        return { kind: 'rows', rows: [{ ranges: olderRangesOf(country) }] };
      },
    },
  },
};
