package dev.sdlora.server.job;

import java.util.List;

/** Notified of the ends of jobs. */
public interface JobObserver {
  /**
   * Called when the work of a job is over and the next may have begun, before clients see the end.
   *
   * @return warnings for the clients
   */
  default List<String> workEnded(Job job) {
    return List.of();
  }

  /** Called when a job begins, after its wait; also if another process has begun it. */
  default void began(Job job) {}

  /** Called when a phase of a job is over. */
  default void passed(Job job, Phase.Passed phase) {}

  /**
   * Called at the end of a job, before clients see it, so that metrics already include a job whose
   * response a client has.
   *
   * @param end the state in which the job ends
   */
  void ended(Job job, JobState end);
}
