import { listNeighbors } from './list-neighbors.ts';

export const NEIGHBOR_OPERATIONS = [listNeighbors];
