import { getNtpStatus } from './get-ntp-status.ts';
import { updateNtpServers } from './update-ntp-servers.ts';

export const NTP_OPERATIONS = [getNtpStatus, updateNtpServers];
