import { AppError } from '../../shared/errors/app-error.ts';
import { deviceTextDetails, meaningOfDeviceText, refusalLine } from './device-texts.ts';

/**
 * Fails as the device did when what it printed is a refusal: neither an exit code nor an HTTP status tells of one.
 * `exitCode` other than 0 is one whatever was printed.
 */
export function assertNotRefused(
  printed: string,
  { menu, transport, exitCode = 0 }: { menu: string; transport: 'rest' | 'ssh'; exitCode?: number | null },
): void {
  const line = refusalLine(printed);
  if (line === '' && (exitCode ?? 0) === 0) return;
  const text = line === '' ? printed.trim() : line;
  const meaning = meaningOfDeviceText(text, { menu, effect: 'read' });
  const details = { menu, transport, ...deviceTextDetails(text) };
  if (meaning) throw new AppError(meaning.code, { message: meaning.message, hint: meaning.hint, details });
  throw new AppError('DEVICE_ERROR', { message: `The device refused the command in ${menu}.`, details });
}
