package dev.sdlora.server.job.shared;

import static java.util.stream.Collectors.joining;

import dev.sdlora.request.WholeRequest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.Phase;
import dev.sdlora.server.job.Work;
import dev.sdlora.server.job.store.Claims;
import dev.sdlora.server.job.store.JobReport;
import dev.sdlora.server.job.store.JobStore;
import dev.sdlora.server.job.store.RequestFormat;
import dev.sdlora.server.job.store.StoreObserver;
import dev.sdlora.server.job.store.StoredJob;
import dev.sdlora.server.job.store.Workers;
import dev.sdlora.server.results.Results;
import dev.sdlora.server.trace.Origin;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stored jobs that this server has claimed and draws. Used by one thread. */
final class ClaimedJobs {
  private static final Logger LOG = LoggerFactory.getLogger(ClaimedJobs.class);
  private static final String VERSION =
      Optional.ofNullable(ClaimedJobs.class.getPackage().getImplementationVersion())
          .orElse("development");

  private static final int MOST_AFFINITY = 1000;
  private static final Pattern LORA_TAG = Pattern.compile("<lora:[^<>]{1,300}>");

  private final JobStore store;
  private final Claims claims;
  private final ModelProvider models;
  private final Map<String, WorkReader> readers;
  private final ErrorMessages messages;
  private final Optional<Results> results;
  private final Runnable whenEnded;
  private final StoreObserver observer;
  private final String worker = Workers.PROCESS + "/" + UUID.randomUUID();
  private final Map<String, ClaimedJob> jobs = new HashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread made = new Thread(task, "sd-jobs-begin");
            made.setDaemon(true);
            return made;
          });

  private final ServerHealth health;

  private String affinity = "";

  /** A claimed job that waits for the end of others. */
  private @Nullable ClaimedJob pending;

  /**
   * Creates an empty set.
   *
   * @param readers make the work of other kinds than single images, by the kind
   * @param results the place of images; empty to keep them in the database
   * @param whenEnded called by any thread when a job was drawn, so that {@link #renew} is called
   *     soon
   * @param observer notified of claims
   * @param health whether this server claims jobs
   */
  ClaimedJobs(
      JobStore store,
      ModelProvider models,
      Map<String, WorkReader> readers,
      ErrorMessages messages,
      Optional<Results> results,
      Runnable whenEnded,
      StoreObserver observer,
      ServerHealth health) {
    this.health = health;
    this.store = store;
    this.claims = store.claims();
    this.models = models;
    this.readers = readers;
    this.messages = messages;
    this.results = results;
    this.whenEnded = whenEnded;
    this.observer = observer;
  }

  /** The LoRAs that a prompt names, with their strengths. */
  static String loras(String prompt) {
    String names =
        LORA_TAG.matcher(prompt).results().map(MatchResult::group).sorted().collect(joining());
    return names.substring(0, Math.min(names.length(), MOST_AFFINITY));
  }

  boolean has(String id) {
    return jobs.containsKey(id);
  }

  int size() {
    return jobs.size();
  }

  boolean areOver() {
    return jobs.isEmpty();
  }

  /**
   * Renews all claims, and tells the ends of jobs.
   *
   * @param closing whether jobs that did not finish are given back instead of ended
   */
  void renew(boolean closing) {
    List.copyOf(jobs.values()).forEach(drawing -> renew(drawing, closing));
  }

  private void renew(ClaimedJob drawing, boolean closing) {
    ClaimedJob.Ended ended = drawing.ended;
    if (ended != null) {
      drawing.saved.begin();
      if (drawing.saved.areAll()) {
        end(drawing, ended, closing);
        return;
      }
    }
    BufferedImage latest = drawing.job.preview().orElse(null);
    Optional<byte[]> preview =
        latest == null || latest == drawing.storedPreview || store.isEmbedded()
            ? Optional.empty()
            : Optional.of(Base64Images.png(latest));
    drawing.storedPreview = latest;
    Claims.Update update = drawing.update(UnaryOperator.identity(), preview, false);
    Claims.Renewal renewal = claims.renew(worker, drawing.claim, update);
    if (!renewal.held()) {
      lost(drawing);
      return;
    }
    drawing.stored(update);
    if (renewal.cancelled()) {
      drawing.job.cancel();
    } else if (renewal.ask().equals(Optional.of(JobStore.Signal.INTERRUPT.label()))) {
      drawing.job.interrupt();
    } else if (renewal.ask().equals(Optional.of(JobStore.Signal.SKIP.label()))) {
      drawing.job.skip();
    }
  }

  private void lost(ClaimedJob drawing) {
    Origin.Scope logged = drawing.job.logged();
    LOG.warn("job {} was given to another server", drawing.claim.id());
    logged.close();
    observer.lost();
    jobs.remove(drawing.claim.id());
    drawing.work.stop();
  }

  private void end(ClaimedJob drawing, ClaimedJob.Ended ended, boolean closing) {
    Throwable cause =
        ended.failure() instanceof CompletionException e ? e.getCause() : ended.failure();
    if (cause instanceof ModelProvider.UnavailableException e
        && !drawing.job.isCancelling()
        && claims.handBack(worker, drawing.claim, e.isFault())) {
      handedBack(drawing, e);
      return;
    }
    Throwable failure =
        cause instanceof ModelProvider.UnavailableException
            ? new Refusal(503, "no worker could draw the job: " + cause.getMessage())
            : cause;
    if (closing && failure != null && drawing.work.outlives() && !drawing.work.isUnwanted()) {
      claims.giveBack(worker, drawing.claim); // The next process or another server draws it.
      jobs.remove(drawing.claim.id());
      drawing.work.end(null, failure);
      return;
    }
    JobState state = drawing.job.endAfter(failure);
    Work.Outcome outcome = ended.outcome() == null ? Work.Outcome.NOTHING : ended.outcome();
    Claims.Update update =
        drawing.update(
            report -> {
              JobReport whole = report.ended(shown(warnings(outcome, drawing)), outcome.loras());
              return state == JobState.FAILED && failure != null
                  ? whole.failed(messages.of(failure))
                  : whole;
            },
            Optional.empty(),
            true);
    long began = System.nanoTime();
    claims.end(worker, drawing.claim, state, drawing.job.seconds(), update);
    drawing.job.passed(Phase.Passed.until(Phase.STORE, began));
    jobs.remove(drawing.claim.id());
    drawing.work.end(
        ended.outcome() == null
            ? null
            : new Work.Outcome(warnings(outcome, drawing), outcome.loras()),
        failure);
  }

  private void handedBack(ClaimedJob drawing, ModelProvider.UnavailableException cause) {
    Origin.Scope logged = drawing.job.logged();
    LOG.warn("job {} is left to another worker: {}", drawing.claim.id(), cause.getMessage());
    logged.close();
    jobs.remove(drawing.claim.id());
    drawing.work.leave();
    if (cause.isFault() && health.fault(sentence(cause))) {
      LOG.error(
          "this worker claims no more jobs, because it could not get {} in a row ready: {}; it"
              + " tries again every {} seconds",
          ServerHealth.FAULTS,
          cause.getMessage(),
          ServerHealth.PROBE.toSeconds());
      report();
    }
  }

  private String sentence(Throwable cause) {
    return messages.withoutFolders(String.valueOf(cause.getMessage()));
  }

  /** Tries again what failed, if it is time to; others see at once when this server is ready. */
  void probe() {
    if (health.beginProbe()) {
      threads.execute(
          () -> {
            Optional<String> reason = Optional.of("the probe failed");
            try {
              models.probe();
              reason = Optional.empty();
              LOG.info("this worker claims jobs again");
            } catch (RuntimeException e) {
              reason = Optional.of(sentence(e));
              LOG.debug("this worker still claims no jobs", e);
            } finally {
              health.endProbe(reason);
              whenEnded.run();
            }
          });
    }
  }

  /** Returns why this server claims no jobs; empty if it does. */
  Optional<String> reason() {
    return health.reason();
  }

  private static List<String> warnings(Work.Outcome outcome, ClaimedJob drawing) {
    List<String> all = new ArrayList<>(outcome.warnings());
    all.addAll(drawing.saved.warnings());
    return all;
  }

  /** Omits the folders of this machine, which other servers do not know. */
  private List<String> shown(List<String> texts) {
    return texts.stream().map(messages::shown).toList();
  }

  /**
   * Claims and begins jobs until this server draws as many as it can.
   *
   * @param find finds the job in the queue
   * @param only the ids of the only jobs to claim; empty for all
   */
  void claim(Function<String, Optional<Job>> find, Optional<List<String>> only) {
    beginPending();
    while (pending == null && jobs.size() < models.places() && health.mayClaim()) {
      Claims.Criteria criteria =
          new Claims.Criteria(models.models(), models.held(), affinity, only);
      long began = System.nanoTime();
      Optional<StoredJob.Claim> claimed = claims.claim(worker, criteria);
      if (claimed.isEmpty()) {
        return;
      }
      observer.claimed(claimed.get().attempt());
      find.apply(claimed.get().id())
          .ifPresent(
              job -> {
                job.passed(Phase.Passed.until(Phase.CLAIM, began));
                draw(claimed.get(), job);
              });
    }
  }

  private void draw(StoredJob.Claim claim, Job job) {
    if (!(job.work() instanceof SharedWork work)) {
      return;
    }
    work.claim();
    ClaimedJob drawing = new ClaimedJob(claim, work, job, new SavedImages(results, job, whenEnded));
    jobs.put(claim.id(), drawing);
    pending = drawing;
    beginPending();
  }

  /** Begins a job that waits until those end that need other files than it does. */
  private void beginPending() {
    ClaimedJob next = pending;
    if (next == null) {
      return;
    }
    boolean gone = !jobs.containsValue(next) || next.ended != null;
    boolean alone = jobs.size() == 1;
    if (gone || alone || models.fits(next.claim.needs())) {
      pending = null;
      if (!gone) {
        affinity = next.claim.affinity();
        threads.execute(() -> begin(next, alone));
      }
    }
  }

  private void begin(ClaimedJob drawing, boolean alone) {
    StoredJob.Claim claim = drawing.claim;
    Origin.Scope logged = drawing.job.logged();
    try {
      RequestContext opened = open(drawing, alone);
      RequestContext requestContext =
          opened.withImages(opened.images().with(WholeRequest.STORED, store.pictures()::find));
      Fields fields = Fields.parse(claim.body().getBytes(StandardCharsets.UTF_8));
      WorkReader reader = readers.getOrDefault(claim.kind(), Submission::drawing);
      RequestFormat format = RequestFormat.parse(claim.format());
      Work read = reader.read(fields, format, requestContext);
      var unused =
          drawing
              .work
              .draw(read)
              .whenComplete(
                  (outcome, failure) -> ended(drawing, new ClaimedJob.Ended(outcome, failure)));
    } catch (RuntimeException | Error e) { // For example, this server lacks a LoRA.
      ended(drawing, new ClaimedJob.Ended(null, e));
    } finally {
      logged.close();
    }
  }

  /** Opens what a job needs; a server without checkpoints of its own loads others here. */
  private RequestContext open(ClaimedJob drawing, boolean alone) {
    StoredJob.Needs needs = drawing.claim.needs();
    boolean loads = models.models().isEmpty() && !models.held().equals(needs.model());
    long began = System.nanoTime();
    RequestContext requestContext = models.open(needs, alone);
    health.ready();
    if (loads) {
      drawing.job.passed(Phase.Passed.until(Phase.CHECKPOINT, began));
    }
    return requestContext;
  }

  /** Reports that this server is alive. */
  void report() {
    if (models.places() > 0) {
      store
          .workers()
          .report(
              new Workers.Worker(
                  worker,
                  0,
                  true,
                  models.held(),
                  affinity,
                  models.places(),
                  jobs.size(),
                  VERSION,
                  health.reason().orElse("")),
              models.models().isEmpty());
    }
  }

  /** Reports that this server ends. */
  void leave() {
    threads.shutdown();
    if (models.places() > 0) {
      store.workers().remove(worker);
    }
  }

  private void ended(ClaimedJob drawing, ClaimedJob.Ended ended) {
    drawing.ended = ended;
    whenEnded.run();
  }

  /** Gives all claims back, so that other servers can draw the jobs at once. */
  void giveBack() {
    jobs.values().forEach(drawing -> claims.giveBack(worker, drawing.claim));
    jobs.clear();
  }
}
