package dev.sdlora.server.training;

import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.JobState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trainings among the jobs, with the folders that they work in. Those lie among the temporary
 * files, one for each training and what resumes it, and go when no job is left that has them. Safe
 * for use by several threads.
 */
final class Trainings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Trainings.class);

  /**
   * So much longer does a step of training take than one of drawing: that calls the network twice,
   * with and without the prompt, this once and three times as long, for its gradients.
   */
  private static final double STEP_OF_PICTURE = 1.5;

  private final JobQueue queue;
  private final List<Job> jobs = new ArrayList<>();

  Trainings(JobQueue queue) {
    this.queue = queue;
  }

  /** A folder for a training that is being read. */
  static Path newFolder() {
    try {
      return Files.createTempDirectory("sd-training");
    } catch (IOException e) {
      throw new UncheckedIOException("there is no folder for temporary files: " + e, e);
    }
  }

  /** Takes a training on as a job, which may wait for others. */
  synchronized Job submit(Training training) {
    forgetOld();
    Job.Request request = new Job.Request("training", training, training.plan().asked());
    Job job = queue.submit(request, Optional.empty());
    jobs.add(job);
    return job;
  }

  /** Those that are known, the newest first. */
  synchronized List<Job> all() {
    forgetOld();
    List<Job> newestFirst = new ArrayList<>(jobs);
    newestFirst.sort(Comparator.comparing(Job::created).reversed());
    return newestFirst;
  }

  synchronized Optional<Job> find(String id) {
    forgetOld();
    return jobs.stream().filter(job -> job.id().equals(id)).findFirst();
  }

  static Training training(Job job) {
    return (Training) job.work();
  }

  /**
   * An estimate of how long a pixel of a step takes, from the latest training that made steps, else
   * from the latest image; empty before there is one.
   */
  synchronized OptionalDouble secondsPerPixel() {
    OptionalDouble trained =
        all().stream()
            .map(job -> training(job).secondsPerPixel())
            .flatMapToDouble(OptionalDouble::stream)
            .findFirst();
    return trained.isPresent() ? trained : drawn();
  }

  private OptionalDouble drawn() {
    List<Job> known = queue.jobs();
    for (int i = known.size() - 1; i >= 0; i--) {
      Job job = known.get(i);
      Job.Snapshot now = job.snapshot();
      if (now.state() == JobState.DONE && !job.finished().isEmpty() && now.steps() > 0) {
        long pixels =
            job.finished().stream().mapToLong(image -> (long) image.width() * image.height()).sum();
        return OptionalDouble.of(STEP_OF_PICTURE * job.seconds() / (pixels * now.steps()));
      }
    }
    return OptionalDouble.empty();
  }

  private void forgetOld() {
    List<Job> gone = jobs.stream().filter(job -> queue.find(job.id()).isEmpty()).toList();
    jobs.removeAll(gone);
    Set<Path> used = new HashSet<>();
    jobs.forEach(job -> used.add(training(job).plan().folder()));
    for (Job job : gone) {
      Path folder = training(job).plan().folder();
      if (!used.contains(folder)) {
        delete(folder);
      }
    }
  }

  /** Deletes a folder with files in it. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("could not delete {}", folder, e);
    }
  }

  /** Waits for what has been cancelled, and deletes all folders. */
  @Override
  public synchronized void close() {
    for (Job job : jobs) {
      job.cancel();
      training(job).awaitEnd();
    }
    jobs.stream().map(job -> training(job).plan().folder()).distinct().forEach(Trainings::delete);
    jobs.clear();
  }
}
