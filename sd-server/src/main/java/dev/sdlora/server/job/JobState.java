package dev.sdlora.server.job;

import java.util.Locale;

/** How far a job is. */
public enum JobState {
  /** Others are before it. */
  WAITING,
  /** It draws. */
  RUNNING,
  /** All its pictures are there, but for those that were skipped. */
  DONE,
  /** An error ended it. */
  FAILED,
  /** Somebody ended it; the pictures that were finished are there. */
  CANCELLED;

  /** Whether nothing comes after it. */
  public boolean isEnd() {
    return this != WAITING && this != RUNNING;
  }

  /** As answers tell it, such as {@code waiting}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
