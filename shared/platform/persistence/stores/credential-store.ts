/** What is needed to log in to routers, sealed; only its owner's process opens it, with the device id as associated data. */
export interface CredentialStore {
  /** The sealed credential, or null when the device has none. */
  get(deviceId: string): Promise<string | null>;
  /** Fails with DEVICE_NOT_FOUND when there is no such device. */
  replace(deviceId: string, sealed: string): Promise<void>;
}
