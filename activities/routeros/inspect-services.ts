import { AppError } from '../../shared/errors/app-error.ts';
import type { RouterRecord, ServiceRecords } from '../../shared/routeros/router.ts';
import { SSH_COMMANDS } from './ssh-commands.ts';
import type { SshLink } from './ssh-link.ts';
import { runOverSsh } from './ssh-run.ts';

/** The router's services, asked over SSH: over REST nobody learns why REST does not answer. */
export async function inspectServices(ssh: SshLink | null, signal?: AbortSignal): Promise<ServiceRecords> {
  if (!ssh) {
    throw new AppError('DEVICE_UNSUPPORTED', {
      message: 'The device is not reached over SSH.',
      hint: 'Give Convoy the port of its SSH service: convoy device update --ssh-port.',
    });
  }
  const services = await runOverSsh(ssh, SSH_COMMANDS.records, { menu: '/ip/service' }, signal);
  return { services, webserver: await webserverOver(ssh, signal) };
}

/** Exists since RouterOS 7.22. */
async function webserverOver(ssh: SshLink, signal?: AbortSignal): Promise<RouterRecord | null> {
  try {
    const [webserver] = await runOverSsh(ssh, SSH_COMMANDS.records, { menu: '/ip/service/webserver' }, signal);
    return webserver ?? null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_UNSUPPORTED') return null;
    throw error;
  }
}
