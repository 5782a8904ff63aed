/** Text of the refusal when a row that every router has is to be removed; not measured on a device. */
export const BUILTIN_ROW = 'can not remove default entry';
