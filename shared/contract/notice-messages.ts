/** What one run told, in numbers. */
export interface NoticesTold {
  /** Events of the fleet that it was looked at who is told of them. */
  events: number;
  /** Messages that were made of them and of what quiet hours held back. */
  messages: number;
  /** Workflows that were begun, one for each message and endpoint. */
  deliveries: number;
}

/** Activities on the shared queue that a schedule runs. */
export interface NoticeActivities {
  /** Tells endpoints of what happened in the fleet, as far as it is due. */
  tellNotices(): Promise<NoticesTold>;
}
