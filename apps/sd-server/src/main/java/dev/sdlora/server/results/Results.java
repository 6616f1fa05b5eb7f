package dev.sdlora.server.results;

import dev.sdlora.api.value.FileReason;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of jobs as PNG files with their settings, in a folder or in a place that another
 * module opens, such as a bucket of S3. Each is named by its day, job and number: {@code
 * 2026-11-30/JOB-0.png}. Safe for use by several threads.
 */
public final class Results implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Results.class);
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Pattern KEY =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}/" + UUID_FORM + "-\\d+\\.png");
  private static final Pattern OTHER_SCHEME = Pattern.compile("([a-z][a-z0-9+.-]+)://.*");

  /** After a place could not be reached, nothing is read from it for this time. */
  private static final Duration REST = Duration.ofSeconds(5);

  private static final long CLOSE_SECONDS = 10;

  private final ResultPlace place;
  private final Optional<Duration> age;
  private final InstantSource clock;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(Results::daemon);
  private final ExecutorService writers = Executors.newCachedThreadPool(Results::daemon);
  private volatile Instant failed = Instant.MIN;

  /**
   * Creates the results of a place.
   *
   * @param age files are deleted after this time; empty to keep them
   */
  Results(ResultPlace place, Optional<Duration> age, InstantSource clock) {
    this.place = place;
    this.age = age;
    this.clock = clock;
  }

  private static Thread daemon(Runnable task) {
    Thread made = new Thread(task, "sd-results");
    made.setDaemon(true);
    return made;
  }

  /**
   * Opens a place.
   *
   * @param place a folder, created if it does not exist; or an address such as {@code
   *     s3://bucket/prefix}
   * @param age files are deleted after this time; empty to keep them
   * @throws IllegalArgumentException if the folder cannot be created or written to, or the address
   *     is malformed
   * @throws IllegalStateException if the place cannot be used, or its module is missing
   */
  public static Results open(String place, Optional<Duration> age) {
    Matcher other = OTHER_SCHEME.matcher(place);
    if (!other.matches()) {
      return new Results(FolderPlace.open(Path.of(place)), age, InstantSource.system());
    }
    for (ResultPlace.Provider provider : ServiceLoader.load(ResultPlace.Provider.class)) {
      if (place.startsWith(provider.scheme())) {
        return new Results(provider.open(place), age, InstantSource.system());
      }
    }
    if (other.group(1).equals("s3")) {
      throw new IllegalStateException(
          "results in S3 need the module sd-s3: add the dependency dev.sdlora:sd-s3, or build the"
              + " command line with -Ps3");
    }
    throw unknown(place);
  }

  /**
   * Checks a place: an address by its form, a folder by creating it and writing to it.
   *
   * @throws IllegalArgumentException if it is an address of an unknown kind, or a folder that
   *     cannot be created or written to
   */
  public static String require(String place) {
    if (OTHER_SCHEME.matcher(place).matches()) {
      if (!place.startsWith("s3://")) {
        throw unknown(place);
      }
    } else {
      FolderPlace.open(Path.of(place)).close();
    }
    return place;
  }

  private static IllegalArgumentException unknown(String place) {
    return new IllegalArgumentException(
        "results must be a folder or an address that begins with s3://: '%s'".formatted(place));
  }

  /** Begins to delete old files, now and every hour. */
  public void start() {
    if (age.isPresent()) {
      var unused = sweeper.scheduleWithFixedDelay(this::sweep, 0, 1, TimeUnit.HOURS);
    }
  }

  /** Returns the folder of the results, if they are in one. */
  public Optional<Path> folder() {
    return place instanceof FolderPlace local ? Optional.of(local.folder()) : Optional.empty();
  }

  /** Whether the client of a job wants that its images are saved, which those of A1111 can say. */
  public static boolean isWanted(Job job) {
    return job.settings().path("save_images").asBoolean(true);
  }

  /**
   * Writes the images of an ended job that no database has.
   *
   * @return a warning if some could not be written; after one, no further is tried
   */
  public List<String> write(Job job) {
    List<JobImage> images = isWanted(job) ? job.images() : List.of();
    for (int i = 0; i < images.size(); i++) {
      try {
        write(job.id(), i, images.get(i));
      } catch (IOException e) {
        return List.of(warning(job, i, e));
      }
    }
    return List.of();
  }

  /**
   * Writes an image.
   *
   * @return its key
   */
  public String write(String job, int number, JobImage image) throws IOException {
    String key = key(job, number);
    place.write(key, image.png());
    return key;
  }

  /** Logs that an image could not be written, and returns the warning for its client. */
  public static String warning(Job job, int number, Exception error) {
    String reason =
        error instanceof IOException failure ? FileReason.of(failure) : String.valueOf(error);
    LOG.warn("job {}: cannot write image {} to the results: {}", job.id(), number, reason);
    return "%s could not be saved in the results: %s"
        .formatted(
            job.parts() == 1 ? "the image" : "the images from number " + number + " on", reason);
  }

  /** Runs a task that writes results, in a thread of its own. */
  public void run(Runnable task) {
    try {
      writers.execute(task);
    } catch (RejectedExecutionException e) { // The server stops.
      task.run();
    }
  }

  private String key(String job, int number) {
    String name =
        UUID_FORM.matcher(job).matches()
            ? job
            : UUID.nameUUIDFromBytes(job.getBytes(StandardCharsets.UTF_8)).toString();
    return "%s/%s-%s.png".formatted(day(clock.instant()), name, number);
  }

  private static LocalDate day(Instant time) {
    return LocalDate.ofInstant(time, ZoneOffset.UTC);
  }

  /**
   * Reads an image.
   *
   * @throws Refusal if it was deleted, or the place cannot be reached
   */
  public byte[] read(String key) {
    if (clock.instant().isBefore(failed.plus(REST))) {
      throw unreachable();
    }
    try {
      return place.read(key);
    } catch (NoSuchFileException e) {
      throw new Refusal(404, "the image was deleted from the results");
    } catch (IOException e) {
      failed = clock.instant();
      LOG.warn("cannot read {} from the results: {}", key, FileReason.of(e));
      throw unreachable();
    }
  }

  private static Refusal unreachable() {
    return new Refusal(
        503, "the results cannot be reached now; try again later", RetryAfter.unknown());
  }

  /** Deletes old files that servers have written; all others stay, whatever their age. */
  void sweep() {
    Instant oldest = clock.instant().minus(age.orElseThrow());
    int deleted = 0;
    try {
      for (ResultPlace.Found file : place.before(day(oldest).plusDays(1).toString())) {
        if (KEY.matcher(file.key()).matches() && file.written().isBefore(oldest)) {
          place.delete(file.key());
          deleted++;
        }
      }
    } catch (IOException e) {
      LOG.warn("old results could not be deleted: {}", FileReason.of(e));
    } catch (RuntimeException e) { // Otherwise the thread would sweep no more.
      LOG.error("deleting old results failed", e);
    }
    if (deleted > 0) {
      LOG.info("{} old results are deleted", deleted);
    }
  }

  /** Waits for files that are being written, and closes the place. */
  @Override
  public void close() {
    sweeper.shutdownNow();
    writers.shutdown();
    try {
      if (!writers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("results were still being written");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    place.close();
  }
}
