import type { MenuDefinition } from '../../engine/definition.ts';
import { resetConfiguration } from './reset-configuration.ts';

/** Commands of the `/system` directory itself. */
export const systemPower: MenuDefinition = {
  path: '/system',
  kind: 'directory',
  fields: {},
  commands: {
    'reset-configuration': resetConfiguration,
    reboot: {
      policy: 'reboot',
      parameters: [],
      run: (_args, router) => {
        router.log('system,info', 'router is rebooting');
        router.reboot();
        return { kind: 'done' };
      },
    },
    shutdown: {
      policy: 'reboot',
      parameters: [],
      run: (_args, router) => {
        router.log('system,info', 'router is shutting down');
        router.shutdown();
        return { kind: 'done' };
      },
    },
  },
};
