import { listInterfaces } from './list-interfaces.ts';

export const INTERFACE_OPERATIONS = [listInterfaces];
