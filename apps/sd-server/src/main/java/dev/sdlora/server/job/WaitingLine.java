package dev.sdlora.server.job;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The unfinished jobs of one lane. Guarded by the queue. */
final class WaitingLine {
  private final int places;
  private final List<Job> waiting = new ArrayList<>();
  private final Set<Job> started = new LinkedHashSet<>();

  /**
   * Creates an empty line.
   *
   * @param places the number of jobs that run at once
   */
  WaitingLine(int places) {
    this.places = places;
  }

  /** Returns the number of jobs that run at once. */
  int places() {
    return places;
  }

  /**
   * Adds a job before those with less priority, as long as they have not waited for longer, and in
   * {@linkplain RoundRobin round robin} over API keys inside of a priority.
   */
  void add(Job job) {
    int at = waiting.size();
    while (at > 0 && waiting.get(at - 1).rank() > job.rank()) {
      at--;
    }
    waiting.add(Math.min(at, turn(job)), job);
  }

  private int turn(Job job) {
    List<Job> peers = waiting.stream().filter(job::isPeer).toList();
    int turn =
        RoundRobin.place(
            job.sender().owner(),
            owners(started.stream().filter(job::isPeer)),
            owners(peers.stream()));
    return turn < peers.size() ? waiting.indexOf(peers.get(turn)) : waiting.size();
  }

  private static List<Optional<String>> owners(Stream<Job> jobs) {
    return jobs.map(job -> job.sender().owner()).toList();
  }

  void remove(Job job) {
    waiting.remove(job);
    started.remove(job);
  }

  /** Returns the job to start now and marks it as started. */
  Optional<Job> next() {
    if (waiting.isEmpty() || started.size() >= places) {
      return Optional.empty();
    }
    Job first = waiting.remove(0);
    started.add(first);
    return Optional.of(first);
  }

  /**
   * Returns the position of a job: 1 is next; 0 once it runs. Started jobs that have not begun come
   * first.
   */
  int place(Job job) {
    int before = 0;
    for (Job other : started) {
      if (other.snapshot().state() == JobState.WAITING) {
        before++;
        if (other == job) {
          return before;
        }
      }
    }
    int at = waiting.indexOf(job);
    return at < 0 ? 0 : before + at + 1;
  }

  /** Moves a waiting job among the waiting ones; a started job is not moved. */
  void move(Job job, int place) {
    if (waiting.remove(job)) {
      long before =
          started.stream().filter(one -> one.snapshot().state() == JobState.WAITING).count();
      waiting.add((int) Math.max(0, Math.min(waiting.size(), place - 1 - before)), job);
    }
  }
}
