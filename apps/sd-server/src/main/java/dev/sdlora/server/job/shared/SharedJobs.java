package dev.sdlora.server.job.shared;

import dev.sdlora.request.WholeRequest;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.StoreException;
import dev.sdlora.server.job.Work;
import dev.sdlora.server.job.store.JobStore;
import dev.sdlora.server.job.store.Notifications;
import dev.sdlora.server.job.store.RequiredFiles;
import dev.sdlora.server.job.store.StoreObserver;
import dev.sdlora.server.job.store.StoredJob;
import dev.sdlora.server.job.store.StoredParts;
import dev.sdlora.server.job.store.Workers;
import dev.sdlora.server.key.Caller;
import dev.sdlora.server.key.Key;
import dev.sdlora.server.key.QuotaException;
import dev.sdlora.server.key.Sender;
import dev.sdlora.server.key.Usage;
import dev.sdlora.server.results.Results;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that this server shares with others and with its own next process. The queue of each
 * server shows all of them: those that it draws, and those that others draw. One thread talks to
 * the database, twice a second and when a job arrives or ends. Safe for use by several threads.
 */
public final class SharedJobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedJobs.class);
  private static final long POLL_MILLIS = 500;
  private static final long REPORT_SECONDS = 5;
  private static final long CLOSE_MILLIS = 10_000;

  private final JobStore store;
  private final JobQueue queue;
  private final Duration age;
  private final int history;
  private final ModelProvider models;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "sd-jobs");
            made.setDaemon(true);
            return made;
          });

  /** The jobs that this server draws; used by the thread alone. */
  private final ClaimedJobs drawings;

  private final StoredJobView view;

  /** Jobs to cancel in the database. */
  private final Set<String> unwanted = ConcurrentHashMap.newKeySet();

  /** Whether the thread will look soon in any case. */
  private final AtomicBoolean woken = new AtomicBoolean();

  private final AtomicBoolean closed = new AtomicBoolean();

  private Optional<Notifications> notifications = Optional.empty();
  private volatile boolean begun;
  private volatile boolean deleted;
  private volatile boolean closing;
  private volatile boolean reachable;
  private volatile long workers;
  private volatile int drawn;

  /**
   * Opens the jobs of a database and shows them in a queue.
   *
   * @param place a folder, or the address of a PostgreSQL database
   * @param age ended jobs are deleted after this time
   * @param history the number of ended jobs that the queue shows; 0 to show only what this server
   *     draws, as a worker does
   * @param readers make the work of other kinds than single images, by the kind
   * @param observer notified of what this server does with the database
   * @param results the place of images; empty to keep them in the database
   * @param nanos a clock, such as {@link System#nanoTime}
   * @throws StoreException if the database cannot be opened
   */
  public SharedJobs(
      String place,
      JobQueue queue,
      ModelProvider models,
      ErrorMessages messages,
      Duration age,
      int history,
      Map<String, WorkReader> readers,
      StoreObserver observer,
      Optional<Results> results,
      LongSupplier nanos) {
    this.store = JobStore.open(place, observer, results);
    this.reachable = store.isPrepared();
    this.queue = queue;
    this.age = age;
    this.history = history;
    this.models = models;
    queue.drawnAtOnce(models.places());
    this.drawings =
        new ClaimedJobs(
            store,
            models,
            Map.copyOf(readers),
            messages,
            results,
            this::wake,
            observer,
            new ServerHealth(nanos));
    this.view = new StoredJobView(store, queue, this);
  }

  /** Shows the jobs that the database has, as soon as it answers, and begins to draw. */
  public void start() {
    if (store.isPrepared()) {
      begin();
    }
    notifications = store.listen(this::notified);
    var unused = thread.scheduleWithFixedDelay(this::poll, 0, POLL_MILLIS, TimeUnit.MILLISECONDS);
    unused = thread.scheduleWithFixedDelay(this::report, 0, REPORT_SECONDS, TimeUnit.SECONDS);
    unused = thread.scheduleWithFixedDelay(this::deleteOld, 0, 1, TimeUnit.HOURS);
  }

  private void begin() {
    if (begun) {
      return;
    }
    if (store.isEmbedded() && models.places() > 0 && models.models().isPresent()) {
      store.claims().failOthers(models.models().get());
    }
    if (history > 0) {
      view.show(history);
      store.meanSeconds().ifPresent(queue::expect);
    }
    begun = true;
  }

  /**
   * Adds a job.
   *
   * @param id the id
   * @throws JobQueue.FullException if there is no place
   * @throws JobQueue.TakenException if a job has this id, maybe of another server
   * @throws StoreException if the database cannot be used
   */
  Job submit(Submission submission, Optional<RequiredFiles> requiredFiles, String id) {
    Work known = submission.work();
    SharedWork work = new SharedWork(id, known.title(), known.parts(), submission.outlives(), this);
    WholeRequest body = submission.body().get();
    Job job =
        queue.submit(
            new Job.Request(
                submission.kind(), work, submission.settings(), submission.format().previews()),
            Optional.of(id));
    try {
      store.add(
          new StoredJob.Draft(
              id,
              submission.model(),
              ClaimedJobs.loras(known.title()),
              submission.kind(),
              known.title(),
              known.parts(),
              job.created().toEpochMilli(),
              Fields.text(submission.settings()),
              Fields.text(body.fields()),
              body.images(),
              submission.format(),
              requiredFiles,
              job.origin(),
              job.sender(),
              Caller.current().key().map(Key::maxJobs).orElse(0)));
    } catch (RuntimeException e) {
      queue.uncount(job);
      work.end(null, e);
      queue.discard(job);
      Optional<StoredJob> stored = store.find(id);
      if (stored.isEmpty()) {
        throw reason(e);
      }
      if (stored.get().created() != job.created().toEpochMilli()) {
        throw new JobQueue.TakenException(id);
      }
      return find(id).orElseThrow(() -> e); // It was added, but the connection was lost then.
    }
    wake();
    return job;
  }

  /** Estimates the wait of an exceeded limit, which the database does not know. */
  private RuntimeException reason(RuntimeException error) {
    return error instanceof QuotaException quota
        ? new QuotaException(
            quota.owner(),
            quota.limit(),
            String.valueOf(quota.getMessage()),
            queue.secondsToAnEnd(Sender.current().owner()))
        : error;
  }

  /** Returns the counts of API keys, which all servers of the database share. */
  public Usage usage() {
    return store.usage();
  }

  /**
   * Returns a job that the queue does not show, such as one that another server has just ended, if
   * the client may see it.
   */
  Optional<Job> find(String id) {
    return view.find(id).filter(JobQueue::isVisible);
  }

  /** Returns the key with which all servers of the database sign addresses. */
  public byte[] signingKey() {
    return store.secrets().get("addresses", SignedPaths::randomKey);
  }

  /** Looks at once if another server has done what concerns this one. */
  private void notified(String notification) {
    boolean concerns =
        switch (notification) {
          case Notifications.NEW -> models.places() > drawn;
          case Notifications.END -> history > 0;
          default -> drawn > 0;
        };
    if (concerns) {
      wake();
    }
  }

  private void wake() {
    try {
      if (woken.compareAndSet(false, true)) {
        thread.execute(this::poll);
      }
    } catch (RejectedExecutionException e) {
      LOG.debug("the jobs are closed", e);
    }
  }

  /** Renews claims, learns what others did, and claims jobs. */
  private void poll() {
    woken.set(false);
    try {
      begin();
      drawings.renew(closing);
      cancelAgain();
      drawings.probe();
      if (history > 0) {
        view.follow(drawings::has);
      } else {
        view.forget(drawings::has);
      }
      drawings.claim(view::claimed, closing ? Optional.of(awaited()) : Optional.empty());
      drawn = drawings.size();
    } catch (StoreException e) { // The database has logged it.
      reachable = false;
    } catch (RuntimeException e) { // Otherwise the thread would look no more.
      LOG.error("looking at the jobs failed", e);
    }
  }

  /** Reports that this server is alive, and learns which others are. */
  private void report() {
    try {
      drawings.report();
      List<Workers.Worker> ready =
          store.workers().list().stream().filter(Workers.Worker::isReady).toList();
      workers = ready.size();
      queue.drawnAtOnce(ready.stream().mapToInt(Workers.Worker::concurrency).sum());
      deleted |= store.pictures().deleteUnused() > 0;
      if (deleted && drawn == 0) {
        deleted = false;
        store.compact();
      }
      reachable = true;
    } catch (StoreException e) {
      reachable = false;
      LOG.debug("no report", e);
    }
  }

  /** Whether the database could be used a few seconds ago. */
  public boolean isReachable() {
    return reachable;
  }

  /** Returns why this server claims no jobs; empty if it does. */
  public Optional<String> reason() {
    return drawings.reason();
  }

  /** Whether this server draws nothing itself. */
  boolean waitsForWorkers() {
    return models.places() == 0;
  }

  /** Returns the number of servers that claim jobs, as it was a few seconds ago. */
  public long aliveWorkers() {
    return workers;
  }

  /**
   * Returns the servers that draw.
   *
   * @throws StoreException if the database cannot be used
   */
  public List<Workers.Worker> workers() {
    return store.workers().list();
  }

  private void deleteOld() {
    try {
      store.workers().removeOld();
      store.deleteOld(age);
      deleted = true;
    } catch (StoreException e) {
      LOG.debug("old jobs could not be deleted", e);
    }
  }

  void move(String id, double place) {
    store.move(id, place);
  }

  /** Cancels a job that another server draws or nobody does; again until the database has it. */
  void cancel(String id, SharedWork work) {
    if (work.endsWithProcess() && closing) {
      work.abandon();
    }
    unwanted.add(id);
    wake();
  }

  private void cancelAgain() {
    for (String id : List.copyOf(unwanted)) {
      store.cancel(id);
      unwanted.remove(id);
    }
  }

  /** Asks the server that draws a job for something. */
  void ask(String id, JobStore.Signal ask) {
    store.ask(id, ask);
  }

  /** Returns the cell of a grid that another server draws or drew. */
  Optional<byte[]> cell(String id, int number) {
    return store.part(id, StoredJob.Part.CELL, number);
  }

  /** Returns the latest preview of a job that another server draws. */
  Optional<BufferedImage> preview(String id) {
    try {
      return store.preview(id).map(StoredParts::decoded);
    } catch (StoreException e) {
      LOG.debug("no preview", e);
      return Optional.empty();
    }
  }

  void delete(String id) {
    store.delete(id);
    deleted = true;
  }

  /** Whether this server begins no more jobs. */
  boolean isClosing() {
    return closing;
  }

  /** Returns the waiting jobs whose clients wait for this server. */
  private List<String> awaited() {
    return queue.unfinished().stream()
        .filter(job -> job.work() instanceof SharedWork work && !work.outlives())
        .map(Job::id)
        .toList();
  }

  /**
   * Begins no more jobs except those whose clients wait; they stay in the database for another
   * server or the next process.
   */
  public void stopClaiming() {
    closing = true;
  }

  /** Gives unfinished jobs back, and closes the database. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    closing = true;
    long end = System.nanoTime() + CLOSE_MILLIS * 1_000_000;
    try {
      while (store.isPrepared()
          && System.nanoTime() < end
          && thread.submit(() -> isDrawing()).get()) {
        Thread.sleep(20);
      }
      thread.shutdown();
      var unused = thread.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      if (store.isPrepared()) { // Otherwise nothing was claimed.
        drawings.giveBack();
        drawings.leave();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | StoreException e) {
      LOG.warn("unfinished jobs could not be given back: {}", e.getMessage());
    } finally {
      thread.shutdownNow();
      notifications.ifPresent(Notifications::close);
      store.close();
    }
  }

  private boolean isDrawing() {
    poll();
    return !drawings.areOver();
  }
}
