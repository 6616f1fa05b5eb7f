package dev.sdlora.server.job;

import dev.sdlora.api.error.GenerationCancelledException;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The state of a job. */
public enum JobState {
  /** Waiting for other jobs. */
  WAITING,
  /** Running. */
  RUNNING,
  /** All images are finished, except skipped ones. */
  DONE,
  /** Ended by an error. */
  FAILED,
  /** Ended by a client; images that were finished, or kept unfinished, are available. */
  CANCELLED;

  /** Returns the final state of a job. */
  static JobState after(@Nullable Throwable cause, boolean cancelling, boolean interrupted) {
    if (cause == null) {
      return interrupted ? CANCELLED : DONE;
    }
    boolean stopped =
        cancelling
            || cause instanceof GenerationCancelledException
            || cause instanceof CancellationException;
    return stopped ? CANCELLED : FAILED;
  }

  /** Whether the state is final. */
  public boolean isEnd() {
    return this != WAITING && this != RUNNING;
  }

  /** Returns the name in responses, such as {@code waiting}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
