import type { MenuDefinition } from '../../engine/definition.ts';
import { certificate } from './certificate.ts';
import { certificateSettings } from './settings.ts';

/** `/certificate`. */
export const CERTIFICATE_MENUS: readonly MenuDefinition[] = [certificate, certificateSettings];
