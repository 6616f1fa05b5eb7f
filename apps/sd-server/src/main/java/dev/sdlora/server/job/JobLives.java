package dev.sdlora.server.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the {@linkplain JobLife lives} and the order of jobs, in memory or in rows of a database,
 * and changes them by the same rules in both. Each call is a part of one transaction, or made under
 * one lock.
 *
 * @param <J> what identifies a job
 * @param <E> thrown if the place cannot be used
 */
public interface JobLives<J, E extends Exception> {
  /** The life of a job, at a time of the clock of the place, in milliseconds. */
  record Now(JobLife life, long clock) {}

  /** Another unfinished job of the same priority. */
  record Peer(boolean isWaiting, double place, Optional<String> owner) {}

  /** Jobs that arrive in one millisecond are this far apart. */
  double APART = 1.0 / 64;

  /** Returns the life of a job, which no one else changes meanwhile. */
  Optional<Now> find(J job) throws E;

  /** Replaces the life of a job. */
  void write(J job, JobLife life) throws E;

  /** Returns the other unfinished jobs of the same priority, in order. */
  List<Peer> peers(J job) throws E;

  /** Returns the place of a job; those with smaller places are next. */
  double place(J job) throws E;

  /** Changes the place of a job. */
  void move(J job, double place) throws E;

  /** Returns the place of the last waiting job before a place. */
  Optional<Double> placeBefore(double place) throws E;

  /**
   * Moves a new job, which is the last one, forward if it is the turn of its API key.
   *
   * @param owner the API key
   * @see RoundRobin
   */
  default void takeTurn(J job, Optional<String> owner) throws E {
    List<Optional<String>> running = new ArrayList<>();
    List<Optional<String>> waiting = new ArrayList<>();
    List<Double> places = new ArrayList<>();
    for (Peer peer : peers(job)) {
      (peer.isWaiting() ? waiting : running).add(peer.owner());
      if (peer.isWaiting()) {
        places.add(peer.place());
      }
    }
    int turn = RoundRobin.place(owner, running, waiting);
    if (turn < places.size()) {
      double next = places.get(turn);
      move(job, placeBefore(next).map(before -> (before + next) / 2).orElse(next - 1));
    } else if (!places.isEmpty()) {
      double behind = places.get(places.size() - 1) + APART;
      if (place(job) < behind) {
        move(job, behind);
      }
    }
  }

  /** Begins an attempt of a server at a job that is free. */
  default JobLife claim(J job, Now now, String server) throws E {
    JobLife claimed = now.life().claimed(server, now.clock());
    write(job, claimed);
    return claimed;
  }

  /** Returns the life of a job that a server still has with an attempt. */
  default Optional<Now> held(J job, String server, int attempt) throws E {
    return find(job).filter(now -> now.life().isHeld(server, attempt));
  }

  /** Extends the claim of a server; empty if it has lost it. */
  default Optional<JobLife> renew(J job, String server, int attempt) throws E {
    Optional<JobLife> renewed =
        held(job, server, attempt).map(now -> now.life().renewed(now.clock()));
    if (renewed.isPresent()) {
      write(job, renewed.get());
    }
    return renewed;
  }

  /**
   * Ends a job with what its server says.
   *
   * @return whether the server still had it; otherwise nothing changes
   */
  default boolean end(J job, String server, int attempt, JobState state) throws E {
    Optional<Now> held = held(job, server, attempt);
    if (held.isPresent()) {
      write(job, held.get().life().ended(state));
    }
    return held.isPresent();
  }

  /**
   * Leaves a job to other servers after a failure; see {@link JobLife#handedBack}.
   *
   * @return whether there are attempts left; otherwise nothing changes
   */
  default boolean handBack(J job, String server, int attempt, boolean fault) throws E {
    Optional<Now> held = held(job, server, attempt);
    Optional<JobLife> back = held.flatMap(now -> now.life().handedBack(fault, now.clock()));
    if (back.isPresent()) {
      write(job, back.get());
    }
    return held.isEmpty() || back.isPresent();
  }

  /** Leaves a job to other servers at once; returns whether the server still had it. */
  default boolean giveBack(J job, String server, int attempt) throws E {
    Optional<Now> held = held(job, server, attempt);
    if (held.isPresent()) {
      write(job, held.get().life().givenBack());
    }
    return held.isPresent();
  }

  /**
   * Notes that a client wants a job to end, which it does at once if no server has it.
   *
   * @return whether it has ended because of this
   */
  default boolean cancel(J job) throws E {
    Optional<JobLife> before = find(job).map(Now::life).filter(life -> !life.stage().isEnd());
    if (before.isEmpty()) {
      return false;
    }
    JobLife after = before.get().cancelled();
    write(job, after);
    return after.stage().isEnd();
  }

  /** Ends a job that is over without any server, and returns its life; see {@link JobLife}. */
  default Optional<JobLife> settle(J job) throws E {
    Optional<JobLife> settled =
        find(job)
            .map(Now::life)
            .filter(life -> !life.stage().isEnd())
            .map(JobLife::settled)
            .filter(life -> life.stage().isEnd());
    if (settled.isPresent()) {
      write(job, settled.get());
    }
    return settled;
  }
}
