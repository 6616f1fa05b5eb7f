package dev.sdlora.server.store;

import static java.util.stream.Collectors.joining;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.Base64Images;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.Fields;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.RequestContext;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.job.DrawingRun;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.Work;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stored jobs that this server has claimed and draws. Used by one thread. */
final class Drawings {
  private static final Logger LOG = LoggerFactory.getLogger(Drawings.class);
  private static final int MOST_AFFINITY = 1000;
  private static final Pattern LORA_TAG = Pattern.compile("<lora:[^<>]{1,300}>");

  private final JobStore store;
  private final Claims claims;
  private final RequestContext offer;
  private final ErrorMessages sentences;
  private final Runnable whenEnded;
  private final String worker = UUID.randomUUID().toString();
  private final Map<String, Drawing> drawings = new HashMap<>();
  private String affinity = "";

  /**
   * Creates an empty set.
   *
   * @param whenEnded called by any thread when a job was drawn, so that {@link #renew} is called
   *     soon
   */
  Drawings(JobStore store, RequestContext offer, ErrorMessages sentences, Runnable whenEnded) {
    this.store = store;
    this.claims = store.claims();
    this.offer = offer;
    this.sentences = sentences;
    this.whenEnded = whenEnded;
  }

  private static final class Drawing {
    final StoredJob.Claim claim;
    final SharedWork work;
    final Job job;
    @Nullable BufferedImage told;
    volatile @Nullable Ended ended;

    Drawing(StoredJob.Claim claim, SharedWork work, Job job) {
      this.claim = claim;
      this.work = work;
      this.job = job;
    }
  }

  private record Ended(Work.@Nullable Outcome outcome, @Nullable Throwable failure) {}

  /** The LoRAs that a prompt names, with their strengths. */
  static String loras(PromptSpec spec) {
    String names =
        LORA_TAG
            .matcher(spec.prompt())
            .results()
            .map(MatchResult::group)
            .sorted()
            .collect(joining());
    return names.substring(0, Math.min(names.length(), MOST_AFFINITY));
  }

  /** The name of the checkpoint, which decides which jobs this server can draw. */
  static String model(RequestContext offer) {
    return offer.pipeline().checkpoint().name();
  }

  boolean has(String id) {
    return drawings.containsKey(id);
  }

  boolean areOver() {
    return drawings.isEmpty();
  }

  /**
   * Renews all claims, and tells the ends of jobs.
   *
   * @param closing whether jobs that did not finish are given back instead of ended
   */
  void renew(boolean closing) {
    List.copyOf(drawings.values()).forEach(drawing -> renew(drawing, closing));
  }

  private void renew(Drawing drawing, boolean closing) {
    Ended ended = drawing.ended;
    if (ended != null) {
      end(drawing, ended, closing);
      return;
    }
    Job.Snapshot now = drawing.job.snapshot();
    JobReport report =
        new JobReport(now.begun(), now.step(), now.steps(), List.of(), List.of(), null);
    BufferedImage look = drawing.job.preview().orElse(null);
    Optional<byte[]> preview =
        look == null || look == drawing.told || store.isEmbedded()
            ? Optional.empty()
            : Optional.of(Base64Images.png(look));
    drawing.told = look;
    switch (claims.renew(worker, drawing.claim, report, preview)) {
      case HELD -> {}
      case CANCELLED -> drawing.job.cancel();
      case LOST -> {
        LOG.warn("job {} was given to another server", drawing.claim.id());
        drawings.remove(drawing.claim.id());
        drawing.work.cancel();
      }
    }
  }

  private void end(Drawing drawing, Ended ended, boolean closing) {
    Throwable failure =
        ended.failure instanceof CompletionException e ? e.getCause() : ended.failure;
    if (closing && failure != null) { // The next process or another server draws it.
      claims.giveBack(worker, drawing.claim);
      drawings.remove(drawing.claim.id());
      drawing.work.end(null, failure);
      return;
    }
    JobState state =
        failure == null
            ? JobState.DONE
            : failure instanceof CancellationException ? JobState.CANCELLED : JobState.FAILED;
    Work.Outcome outcome = ended.outcome == null ? Work.Outcome.NOTHING : ended.outcome;
    Job.Snapshot now = drawing.job.snapshot();
    JobReport report =
        new JobReport(
            now.begun(),
            now.step(),
            now.steps(),
            outcome.warnings(),
            outcome.loras(),
            state == JobState.FAILED && failure != null ? sentences.of(failure).sentence() : null);
    claims.end(worker, drawing.claim, state, report, drawing.job.finished());
    drawings.remove(drawing.claim.id());
    drawing.work.end(ended.outcome, failure);
  }

  /**
   * Claims and begins jobs until this server draws as many as it can.
   *
   * @param jobs finds the job in the queue
   */
  void claim(Function<String, Optional<Job>> jobs) {
    while (drawings.size() < offer.pipeline().concurrency()) {
      Optional<StoredJob.Claim> claimed = claims.claim(worker, model(offer), affinity);
      if (claimed.isEmpty()) {
        return;
      }
      jobs.apply(claimed.get().id()).ifPresent(job -> draw(claimed.get(), job));
    }
  }

  private void draw(StoredJob.Claim claim, Job job) {
    if (!(job.work() instanceof SharedWork work)) {
      return;
    }
    Drawing drawing = new Drawing(claim, work, job);
    drawings.put(claim.id(), drawing);
    try {
      Fields fields = Fields.parse(claim.body().getBytes(StandardCharsets.UTF_8));
      PromptSpec spec = new DrawingReader(offer).read(fields, Dialect.LIBRARY, Overrides.NONE);
      affinity = loras(spec);
      var unused =
          work.draw(new DrawingRun(offer.pipeline(), spec, fields.warnings()))
              .whenComplete((outcome, failure) -> ended(drawing, new Ended(outcome, failure)));
    } catch (RuntimeException e) { // For example, this server lacks a LoRA.
      ended(drawing, new Ended(null, e));
    }
  }

  private void ended(Drawing drawing, Ended ended) {
    drawing.ended = ended;
    whenEnded.run();
  }

  /** Gives all claims back, so that other servers can draw the jobs at once. */
  void giveBack() {
    drawings.values().forEach(drawing -> claims.giveBack(worker, drawing.claim));
    drawings.clear();
  }
}
