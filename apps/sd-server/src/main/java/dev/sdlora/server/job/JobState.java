package dev.sdlora.server.job;

import dev.sdlora.api.error.GenerationCancelledException;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** How far a job is. */
public enum JobState {
  /** Others are before it. */
  WAITING,
  /** It draws. */
  RUNNING,
  /** All its images are there, but for those that were skipped. */
  DONE,
  /** An error ended it. */
  FAILED,
  /** Somebody ended it; the images that were finished, or kept unfinished, are there. */
  CANCELLED;

  /** How work has ended that was or was not to be cancelled. */
  static JobState after(@Nullable Throwable cause, boolean cancelling) {
    if (cause == null) {
      return DONE;
    }
    boolean stopped =
        cancelling
            || cause instanceof GenerationCancelledException
            || cause instanceof CancellationException;
    return stopped ? CANCELLED : FAILED;
  }

  /** Whether nothing comes after it. */
  public boolean isEnd() {
    return this != WAITING && this != RUNNING;
  }

  /** As answers tell it, such as {@code waiting}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
