/**
 * The search attributes a namespace must have, by name. Visibility has ten keyword and three keyword-list columns, and
 * they are never encrypted: no secrets here.
 */
export const SEARCH_ATTRIBUTES = {
  ConvoyPlanId: 'KEYWORD',
  ConvoyPlanStatus: 'KEYWORD',
  ConvoyPlanKind: 'KEYWORD',
  ConvoyEnvironment: 'KEYWORD',
  ConvoyRisk: 'KEYWORD',
  ConvoyRequestedBy: 'KEYWORD',
  ConvoyDeviceId: 'KEYWORD',
  ConvoyDevices: 'KEYWORD_LIST',
  ConvoyDeviceCount: 'INT',
  ConvoyExpiresAt: 'DATETIME',
} as const satisfies Record<string, 'KEYWORD' | 'KEYWORD_LIST' | 'INT' | 'DATETIME'>;
