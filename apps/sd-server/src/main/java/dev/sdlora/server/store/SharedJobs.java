package dev.sdlora.server.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.Fields;
import dev.sdlora.request.RequestContext;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.StoreException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that this server shares with others and with its own next process. The queue of each
 * server shows all of them: those that it draws, and those that others draw. One thread talks to
 * the database, twice a second and when a job arrives or ends. Safe for use by several threads.
 */
public final class SharedJobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedJobs.class);
  private static final long LOOK_MILLIS = 500;
  private static final long CLOSE_MILLIS = 10_000;

  private final JobStore store;
  private final JobQueue queue;
  private final RequestContext offer;
  private final Duration age;
  private final int history;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "sd-jobs");
            made.setDaemon(true);
            return made;
          });

  /** The jobs that this server draws; used by the thread alone. */
  private final Drawings drawings;

  private boolean failing;
  private volatile boolean closing;

  /**
   * Opens the jobs of a database and shows them in a queue.
   *
   * @param place a folder, or the address of a PostgreSQL database
   * @param age ended jobs are deleted after this time
   * @param history the number of ended jobs that the queue shows
   * @throws StoreException if the database cannot be opened
   */
  public SharedJobs(
      String place,
      JobQueue queue,
      RequestContext offer,
      ErrorMessages sentences,
      Duration age,
      int history) {
    this.store = JobStore.open(place);
    this.queue = queue;
    this.offer = offer;
    this.age = age;
    this.history = history;
    this.drawings = new Drawings(store, offer, sentences, this::nudge);
  }

  /** Shows the jobs that the database has, and begins to draw. */
  public void start() {
    if (store.isEmbedded()) {
      store.failOthers(Drawings.model(offer));
    }
    store.ended(history).forEach(this::shown);
    store.unfinished().forEach(this::shown);
    var unused = thread.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    unused = thread.scheduleWithFixedDelay(this::deleteOld, 0, 1, TimeUnit.HOURS);
  }

  /**
   * Adds a job.
   *
   * @param id the id
   * @return the job; if another server adds one with this id at the same time, that one
   * @throws JobQueue.FullException if there is no place
   * @throws StoreException if the database cannot be used
   */
  public Job submit(String kind, Fields fields, PromptSpec spec, String id) {
    ObjectNode settings = StoredRequest.of(fields, spec);
    SharedWork work =
        new SharedWork(id, spec.prompt(), spec.images(), System.currentTimeMillis(), this);
    ObjectNode body = StoredRequest.whole(fields, spec, offer.images());
    Job job = queue.submit(new Job.Request(kind, work, settings), Optional.of(id));
    try {
      store.add(
          new StoredJob.Draft(
              id,
              Drawings.model(offer),
              Drawings.loras(spec),
              kind,
              spec.prompt(),
              spec.images(),
              job.created().toEpochMilli(),
              Fields.text(settings),
              Fields.text(body)));
    } catch (RuntimeException e) {
      work.end(null, e);
      queue.forget(job);
      return find(id).orElseThrow(() -> e); // Another server added it at the same time.
    }
    nudge();
    return job;
  }

  /** Returns a job that the queue does not show, such as one that another server has just ended. */
  public Optional<Job> find(String id) {
    return store.find(id).map(this::shown);
  }

  private void nudge() {
    try {
      thread.execute(this::look);
    } catch (RejectedExecutionException e) {
      LOG.debug("the jobs are closed", e);
    }
  }

  private Optional<Job> shownById(String id) {
    return queue.find(id).or(() -> find(id));
  }

  /** Shows a stored job in the queue. */
  private Job shown(StoredJob stored) {
    Job job =
        queue
            .find(stored.id())
            .orElseGet(
                () ->
                    queue.adopt(
                        new Job.Request(
                            stored.kind(),
                            new SharedWork(
                                stored.id(), stored.title(), stored.parts(), stored.place(), this),
                            Fields.parse(stored.settings().getBytes(StandardCharsets.UTF_8)).node(),
                            Instant.ofEpochMilli(stored.created())),
                        stored.id()));
    if (job.work() instanceof SharedWork work && !job.snapshot().state().isEnd()) {
      follow(stored, work);
    }
    return job;
  }

  private void follow(StoredJob stored, SharedWork work) {
    work.place(stored.place());
    if (stored.state().isEnd()) {
      work.end(stored.state(), stored.report(), store.images(stored.id()));
    } else if (stored.state() == JobState.RUNNING) {
      work.follow(stored.report(), () -> store.preview(stored.id()).map(SharedJobs::decoded));
    }
  }

  private static BufferedImage decoded(byte[] png) {
    return Image.read(new ByteArrayInputStream(png)).toBufferedImage();
  }

  /** Renews claims, learns what others did, and claims jobs. */
  private void look() {
    try {
      drawings.renew(closing);
      if (!closing) {
        followOthers();
        drawings.claim(this::shownById);
      }
      if (failing) {
        LOG.info("the jobs can be used again");
        failing = false;
      }
    } catch (StoreException e) {
      if (!failing) {
        LOG.warn("{}; trying again until it can be", e.getMessage());
        failing = true;
      }
    } catch (RuntimeException e) { // Otherwise the thread would look no more.
      LOG.error("looking at the jobs failed", e);
    }
  }

  private void deleteOld() {
    try {
      store.deleteOld(age);
    } catch (StoreException e) {
      LOG.warn("old jobs could not be deleted: {}", e.getMessage());
    }
  }

  private void followOthers() {
    List<StoredJob> stored = store.unfinished();
    stored.forEach(this::shown);
    List<String> known = stored.stream().map(StoredJob::id).toList();
    for (Job job : queue.unfinished()) {
      if (job.work() instanceof SharedWork
          && !known.contains(job.id())
          && !drawings.has(job.id())) {
        store.find(job.id()).ifPresentOrElse(this::shown, () -> lost(job));
      }
    }
  }

  /** A job that was submitted a moment ago may not be in the database yet. */
  private static void lost(Job job) {
    boolean isOld = job.created().isBefore(Instant.now().minusSeconds(10));
    if (isOld && job.work() instanceof SharedWork work) {
      work.end(null, new CancellationException());
    }
  }

  boolean move(String id, int to) {
    List<Job> waiting =
        queue.unfinished().stream()
            .filter(job -> job.work() instanceof SharedWork)
            .filter(job -> job.snapshot().state() == JobState.WAITING && !job.id().equals(id))
            .sorted((a, b) -> Double.compare(a.work().place(), b.work().place()))
            .toList();
    int at = Math.min(Math.max(0, to - 1), waiting.size());
    double before = at == 0 ? 0 : waiting.get(at - 1).work().place();
    double after = at == waiting.size() ? before + 2000 : waiting.get(at).work().place();
    double place = at == 0 && !waiting.isEmpty() ? after - 1000 : (before + after) / 2;
    store.move(id, place);
    queue.find(id).map(Job::work).ifPresent(work -> ((SharedWork) work).place(place));
    return true;
  }

  void cancel(String id) {
    store.cancel(id);
    nudge();
  }

  void delete(String id) {
    store.delete(id);
  }

  /** Begins no more jobs; they stay in the database for another server or the next process. */
  public void stopClaiming() {
    closing = true;
  }

  /** Gives unfinished jobs back, and closes the database. */
  @Override
  public void close() {
    closing = true;
    long end = System.nanoTime() + CLOSE_MILLIS * 1_000_000;
    try {
      while (System.nanoTime() < end && thread.submit(() -> isDrawing()).get()) {
        Thread.sleep(20);
      }
      thread.shutdown();
      var unused = thread.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      drawings.giveBack();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | StoreException e) {
      LOG.warn("unfinished jobs could not be given back: {}", e.getMessage());
    } finally {
      thread.shutdownNow();
      store.close();
    }
  }

  private boolean isDrawing() {
    look();
    return !drawings.areOver();
  }
}
