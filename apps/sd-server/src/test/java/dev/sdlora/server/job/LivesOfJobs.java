package dev.sdlora.server.job;

import dev.sdlora.request.json.Fields;
import dev.sdlora.server.key.Sender;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A place of jobs under test. */
public interface LivesOfJobs {
  /** Adds a job whose prompt, one letter or more, is its id. */
  void add(String id, Sender sender);

  /** Claims the next job; returns its id. */
  Optional<String> claim(String server);

  /** Does something with the lives. */
  boolean change(Change change);

  /** Lets all claims and all waits after failures end. */
  void expire();

  /** Returns the life of a job. */
  JobLife life(String id);

  /** What is the same for all places of jobs. */
  interface Change {
    /** Changes lives; jobs are found by {@code find}. */
    <J, E extends Exception> boolean in(JobLives<J, E> lives, Names<J> find) throws E;
  }

  /** Finds jobs. */
  interface Names<J> {
    /** Returns what identifies the job with an id. */
    J of(String id);
  }

  /** Returns an empty place in memory, whose claims expire only when the test says so. */
  static LivesOfJobs inMemory() {
    return new InMemory();
  }

  /** The lives of a queue that starts nothing. */
  final class InMemory implements LivesOfJobs {
    private static final long NOW = 1_000_000;

    private final JobQueue queue = new JobQueue(0, 1, 1, (job, end) -> {});
    private final Map<String, Job> jobs = new HashMap<>();
    private final List<Job> order = new ArrayList<>();
    private final QueuedLives lives =
        new QueuedLives(
            () -> order.stream().filter(job -> !job.life().stage().isEnd()).toList(), () -> NOW);

    @Override
    public void add(String id, Sender sender) {
      Instant created = Instant.ofEpochMilli(order.size());
      Job job =
          queue.adopt(new Job.Request("test", new Idle(id), Fields.object(), created, sender), id);
      jobs.put(id, job);
      order.add(job);
      lives.takeTurn(job, sender.owner());
    }

    @Override
    public Optional<String> claim(String server) {
      List.copyOf(order).forEach(lives::settle);
      return lives.claim(server).map(Job::id);
    }

    @Override
    public boolean change(Change change) {
      return change.in(lives, id -> Optional.ofNullable(jobs.get(id)).orElseThrow());
    }

    @Override
    public void expire() {
      for (Job job : order) {
        JobLife life = job.life();
        if (!life.stage().isEnd()) {
          job.life(
              new JobLife(
                  life.stage(),
                  life.server(),
                  life.attempt(),
                  0,
                  life.cancelling(),
                  life.avoided()));
        }
      }
    }

    @Override
    public JobLife life(String id) {
      return lives.find(Optional.ofNullable(jobs.get(id)).orElseThrow()).orElseThrow().life();
    }
  }

  /** Work that never ends. */
  record Idle(String title) implements Work {
    @Override
    public int parts() {
      return 1;
    }

    @Override
    public CompletableFuture<Outcome> start(JobProgress progress) {
      return new CompletableFuture<>();
    }

    @Override
    public void cancel() {}
  }
}
