package dev.sdlora.server.job;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;

/** The stages of a job, with a table of the events that lead from one to another. */
public enum JobStage {
  /** No server has it: it is new, or a server gave it back. */
  WAITING(JobState.WAITING),
  /** A server has it: prepares it, draws it, or stores its images. */
  CLAIMED(JobState.RUNNING),
  /** The server that has it did not renew its claim in time; another one may claim it. */
  LOST(JobState.RUNNING),
  /** All its images are stored. */
  DONE(JobState.DONE),
  /** Ended by an error. */
  FAILED(JobState.FAILED),
  /** Ended by a client. */
  CANCELLED(JobState.CANCELLED);

  /** What happens to a job. */
  public enum Event {
    /** A server begins an attempt. */
    CLAIM,
    /** Its server reports progress. */
    RENEW,
    /** Its claim expires. */
    EXPIRE,
    /** Its server leaves it to others, because it stops or lacks something. */
    GIVE_BACK,
    /** It ends with all its images. */
    FINISH,
    /** It ends with an error. */
    FAIL,
    /** It ends because a client cancelled it. */
    CANCEL
  }

  private static final Map<JobStage, Map<Event, JobStage>> NEXT = new EnumMap<>(JobStage.class);

  static {
    Map<Event, JobStage> ends = Map.of(Event.FAIL, FAILED, Event.CANCEL, CANCELLED);
    Map<Event, JobStage> ofServer =
        Map.of(Event.RENEW, CLAIMED, Event.GIVE_BACK, WAITING, Event.FINISH, DONE);
    put(WAITING, ends, Map.of(Event.CLAIM, CLAIMED));
    put(CLAIMED, ends, ofServer, Map.of(Event.EXPIRE, LOST));
    put(LOST, ends, ofServer, Map.of(Event.CLAIM, CLAIMED));
    put(DONE);
    put(FAILED);
    put(CANCELLED);
  }

  private final JobState shown;

  JobStage(JobState shown) {
    this.shown = shown;
  }

  @SafeVarargs
  private static void put(JobStage from, Map<Event, JobStage>... rows) {
    Map<Event, JobStage> all = new EnumMap<>(Event.class);
    for (Map<Event, JobStage> row : rows) {
      all.putAll(row);
    }
    NEXT.put(from, all);
  }

  /** Returns the stage of a job whose place has no state for lost claims. */
  public static JobStage of(JobState shown) {
    return shown == JobState.RUNNING ? CLAIMED : valueOf(shown.name());
  }

  /** Returns the stages to which events lead from here; empty after the end. */
  public Map<Event, JobStage> next() {
    return requireNonNull(NEXT.get(this));
  }

  /** Returns the stage after an event, which must be possible in this one. */
  JobStage after(Event event) {
    JobStage next = next().get(event);
    if (next == null) {
      throw new IllegalStateException("a job that is %s cannot %s".formatted(this, event));
    }
    return next;
  }

  /** Returns the state that clients and the table of jobs have. */
  public JobState shown() {
    return shown;
  }

  /** Whether nothing can happen to it any more. */
  public boolean isEnd() {
    return next().isEmpty();
  }
}
