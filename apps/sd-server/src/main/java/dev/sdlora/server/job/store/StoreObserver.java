package dev.sdlora.server.job.store;

/**
 * Notified of what a server does with the database of the jobs. Safe for use by several threads.
 */
public interface StoreObserver {
  /** Ignores everything. */
  StoreObserver NONE = new StoreObserver() {};

  /**
   * Called after each transaction.
   *
   * @param nanos its duration, with the wait for a connection
   * @param failed whether the database could not be used
   */
  default void used(long nanos, boolean failed) {}

  /**
   * Called when this server has claimed a job.
   *
   * @param attempt counts the servers that claimed it, from 1
   */
  default void claimed(int attempt) {}

  /** Called when a job that this server draws was given to another server. */
  default void lost() {}
}
