package dev.sdlora.server.job;

import dev.sdlora.server.job.JobStage.Event;
import java.time.Duration;
import java.util.Optional;

/**
 * The state that decides which server draws a job and when the job ends. All changes of a job's
 * stage are made here; {@link JobLives} keeps the lives, in memory or in a database. Times are
 * those of its clock in milliseconds.
 *
 * @param stage the stage
 * @param server the name of the server that has it or had it last; empty text before the first
 * @param attempt counts the servers that began it, without those that gave it back
 * @param until when the claim expires; of a waiting job, when it may be claimed
 * @param cancelling whether a client wants it to end
 * @param avoided the names of the servers that could not draw it, each with a space behind it
 */
public record JobLife(
    JobStage stage, String server, int attempt, long until, boolean cancelling, String avoided) {
  /** A claim that is not renewed for this long falls to another server. */
  public static final Duration LEASE = Duration.ofSeconds(20);

  /** The number of servers that may begin a job; it fails if the last one stops, too. */
  public static final int ATTEMPTS = 3;

  /** The time after a failed attempt until the next, times the number of attempts. */
  static final Duration RETRY = Duration.ofSeconds(2);

  /** The life of a new job. */
  public static final JobLife NEW = new JobLife(JobStage.WAITING, "", 0, 0, false, "");

  /** Returns the life at a time, when its claim may have expired. */
  public JobLife at(long now) {
    return stage == JobStage.CLAIMED && until < now ? after(Event.EXPIRE) : this;
  }

  private JobLife after(Event event) {
    return new JobLife(stage.after(event), server, attempt, until, cancelling, avoided);
  }

  private JobLife until(long other) {
    return new JobLife(stage, server, attempt, other, cancelling, avoided);
  }

  /** Whether a server still has the job with an attempt; until another claims it, even if late. */
  boolean isHeld(String by, int of) {
    return stage.next().containsKey(Event.RENEW) && server.equals(by) && attempt == of;
  }

  /** Whether a server may claim it now. */
  public boolean isFree(long now) {
    return stage.next().containsKey(Event.CLAIM)
        && until < now
        && !cancelling
        && !settled().stage().isEnd();
  }

  /** Begins an attempt of a server; the job must be free. */
  JobLife claimed(String by, long now) {
    JobStage next = stage.after(Event.CLAIM);
    return new JobLife(next, by, attempt + 1, now + LEASE.toMillis(), cancelling, avoided);
  }

  /** Extends the claim of its server. */
  JobLife renewed(long now) {
    return after(Event.RENEW).until(now + LEASE.toMillis());
  }

  /** Ends the job with what its server says. */
  public JobLife ended(JobState state) {
    return after(
        switch (state) {
          case DONE -> Event.FINISH;
          case FAILED -> Event.FAIL;
          case CANCELLED -> Event.CANCEL;
          case WAITING, RUNNING -> throw new IllegalArgumentException("not an end: " + state);
        });
  }

  /**
   * Leaves the job to other servers after a failure that they may not have; empty if it has had all
   * its attempts. Its server gets it again only if no other can take it.
   *
   * @param fault whether the cause is the server. Then others can take the job at once, and the
   *     attempt does not count
   */
  Optional<JobLife> handedBack(boolean fault, long now) {
    if (!fault && attempt >= ATTEMPTS) {
      return Optional.empty();
    }
    String name = server + " ";
    return Optional.of(
        new JobLife(
                stage.after(Event.GIVE_BACK),
                "",
                fault ? attempt - 1 : attempt,
                fault ? 0 : now + RETRY.toMillis() * attempt,
                cancelling,
                avoided.contains(name) ? avoided : avoided + name)
            .settled());
  }

  /** Leaves the job to other servers at once; the attempt does not count. */
  JobLife givenBack() {
    return new JobLife(stage.after(Event.GIVE_BACK), "", attempt - 1, 0, cancelling, avoided)
        .settled();
  }

  /** Notes that a client wants the job to end, which it does at once if no server has it. */
  JobLife cancelled() {
    return new JobLife(stage, server, attempt, until, cancelling || !stage.isEnd(), avoided)
        .settled();
  }

  /** Ends the job if it is over without any server: cancelled, or lost by the last one. */
  JobLife settled() {
    if (stage == JobStage.WAITING || stage == JobStage.LOST) {
      if (cancelling) {
        return after(Event.CANCEL);
      }
      if (stage == JobStage.LOST && attempt >= ATTEMPTS) {
        return after(Event.FAIL);
      }
    }
    return this;
  }
}
