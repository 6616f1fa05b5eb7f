package dev.sdlora.server.training;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.FileReason;
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
 * The trainings among the jobs, with their temporary folders. A training and those that resume it
 * share a folder, which is deleted when no job uses it any more. Safe for use by several threads.
 */
final class Trainings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Trainings.class);

  /**
   * Cost of a training step relative to a drawing step: drawing calls the network twice, with and
   * without the prompt; training calls it once, at three times the cost because of the gradients.
   */
  private static final double STEP_OF_PICTURE = 1.5;

  private final JobQueue queue;
  private final List<Job> jobs = new ArrayList<>();

  Trainings(JobQueue queue) {
    this.queue = queue;
  }

  /** Creates a folder for a training. */
  static Path newFolder() {
    try {
      return Files.createTempDirectory("sd-training");
    } catch (IOException e) {
      throw new StableDiffusionException(
          "the folder of the training cannot be created in the server's temporary folder: "
              + FileReason.of(e),
          e);
    }
  }

  /** Submits a training as a job. */
  synchronized Job submit(Training training) {
    forgetOld();
    Job.Request request = new Job.Request("training", training, training.request().withoutImages());
    Job job = queue.submit(request, Optional.empty());
    jobs.add(job);
    return job;
  }

  /** Returns the trainings that the client may see, newest first. */
  synchronized List<Job> all() {
    forgetOld();
    return jobs.stream()
        .filter(JobQueue::isVisible)
        .sorted(Comparator.comparing(Job::created).reversed())
        .toList();
  }

  /** Returns a training if the client may see it. */
  synchronized Optional<Job> find(String id) {
    return all().stream().filter(job -> job.id().equals(id)).findFirst();
  }

  static Training training(Job job) {
    return (Training) job.work();
  }

  /**
   * Estimates the time per pixel of a step from the latest training that made steps, or else from
   * the latest image; empty if there is none.
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
      if (now.state() == JobState.DONE && !job.images().isEmpty() && now.steps() > 0) {
        long pixels =
            job.images().stream().mapToLong(image -> (long) image.width() * image.height()).sum();
        return OptionalDouble.of(STEP_OF_PICTURE * job.seconds() / (pixels * now.steps()));
      }
    }
    return OptionalDouble.empty();
  }

  private void forgetOld() {
    List<Job> gone = jobs.stream().filter(job -> queue.known(job.id()).isEmpty()).toList();
    jobs.removeAll(gone);
    Set<Path> used = new HashSet<>();
    jobs.forEach(job -> used.add(training(job).request().folder()));
    for (Job job : gone) {
      Path folder = training(job).request().folder();
      if (!used.contains(folder)) {
        delete(folder);
      }
    }
  }

  /** Deletes a folder with its files. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("cannot delete {}", folder, e);
    }
  }

  /** Cancels all trainings, waits for their ends, and deletes their folders. */
  @Override
  public synchronized void close() {
    for (Job job : jobs) {
      job.cancel();
      training(job).awaitEnd();
    }
    jobs.stream()
        .map(job -> training(job).request().folder())
        .distinct()
        .forEach(Trainings::delete);
    jobs.clear();
  }
}
