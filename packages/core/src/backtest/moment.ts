/** The stamp under way, one object for the whole run: numbers that are passed on their own would be allocated. */
export interface Moment {
  stamp: number;
  /** At the close of this stamp. */
  equity: number;
}
