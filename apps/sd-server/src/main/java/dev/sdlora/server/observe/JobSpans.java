package dev.sdlora.server.observe;

import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobState;
import dev.sdlora.server.job.Phase;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/**
 * The spans of the jobs that this process draws: one for the job, below that of the HTTP request,
 * and one for its wait and each of its phases below it. Names and attributes follow OpenTelemetry's
 * conventions for generative AI where they have a name. Prompts are no part of them. Safe for use
 * by several threads.
 */
public final class JobSpans {
  private final Tracer tracer;

  /** Weak, because a phase may be reported after the end of a cancelled job. */
  private final Map<Job, Span> running = Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * Creates an object without spans.
   *
   * @param telemetry exports the spans
   */
  public JobSpans(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("dev.sdlora.server");
  }

  /** Begins the span of a job, which waited until now. */
  public void began(Job job) {
    if (job.work().isElsewhere()) {
      return;
    }
    Span span = span(job);
    if (span.isRecording()) {
      job.work().checkpoint().ifPresent(name -> describe(span, job, name));
      child(span, "queue").setStartTimestamp(job.created()).startSpan().end();
    }
  }

  private static void describe(Span span, Job job, String checkpoint) {
    span.updateName("generate_content " + checkpoint);
    span.setAttribute("gen_ai.operation.name", "generate_content");
    span.setAttribute("gen_ai.provider.name", "sdlora");
    span.setAttribute("gen_ai.request.model", checkpoint);
    span.setAttribute("gen_ai.request.choice.count", (long) job.parts());
    span.setAttribute("gen_ai.output.type", "image");
    Optional.ofNullable(job.settings().get("seed"))
        .ifPresent(seed -> span.setAttribute("gen_ai.request.seed", seed.asLong()));
  }

  private Span span(Job job) {
    return running.computeIfAbsent(job, this::start);
  }

  private Span start(Job job) {
    Span span =
        tracer
            .spanBuilder("job " + job.kind())
            .setParent(job.origin().context())
            .setSpanKind(SpanKind.INTERNAL)
            .setStartTimestamp(job.created())
            .startSpan();
    if (span.isRecording()) {
      span.setAttribute("sdlora.job.id", job.id());
      span.setAttribute("sdlora.job.kind", job.kind());
      job.origin().request().ifPresent(id -> span.setAttribute("sdlora.request.id", id));
    }
    return span;
  }

  private SpanBuilder child(Span parent, String name) {
    return tracer.spanBuilder(name).setParent(Context.root().with(parent));
  }

  /** Adds the span of a phase that is over. */
  public void passed(Job job, Phase.Passed phase) {
    Span parent = span(job);
    if (!parent.isRecording()) {
      return;
    }
    long now = System.nanoTime();
    Span span =
        child(parent, phase.phase().label())
            .setStartTimestamp(ago(now - phase.began()))
            .startSpan();
    if (phase.image() >= 0) {
      span.setAttribute("sdlora.image", (long) phase.image());
    }
    if (phase.steps() > 0) {
      span.setAttribute("sdlora.steps", (long) phase.steps());
    }
    span.end(ago(now - phase.ended()));
  }

  private static Instant ago(long nanos) {
    return Instant.now().minusNanos(nanos);
  }

  /** Ends the span of a job. */
  public void ended(Job job, JobState end) {
    Span span = running.remove(job);
    if (span == null) {
      return;
    }
    if (span.isRecording()) {
      span.setAttribute("sdlora.job.state", end.label());
      span.setAttribute("sdlora.images", (long) job.images().size());
      if (end == JobState.FAILED) {
        span.setStatus(StatusCode.ERROR);
        job.failure()
            .ifPresent(
                failure -> span.setAttribute("error.type", failure.getClass().getSimpleName()));
      }
    }
    span.end();
  }
}
