package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids of requests, and spans of requests and jobs. */
@SuppressWarnings("NullAway.Init")
class TracesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final String REST = "'width': 64, 'height': 64, 'steps': 3, 'seed': 1}";
  private static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();
  private static final OpenTelemetrySdk TELEMETRY = telemetry(SPANS);

  @TempDir static Path folder;
  private static Pipeline pipeline;
  private static Served served;

  private static OpenTelemetrySdk telemetry(InMemorySpanExporter spans) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build())
        .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
        .build();
  }

  @BeforeAll
  static void open() {
    pipeline = Served.pipeline(1);
    served = served(pipeline, TELEMETRY);
  }

  private static Served served(Pipeline pipeline, OpenTelemetrySdk telemetry) {
    return Served.of(
        pipeline,
        settings -> settings.jobs(folder.toString(), Duration.ofDays(1)).openTelemetry(telemetry));
  }

  @AfterAll
  static void close() {
    served.close();
    pipeline.close();
    TELEMETRY.close();
  }

  @BeforeEach
  void forget() {
    SPANS.reset();
  }

  private static String id(HttpResponse<String> answer) {
    return answer.headers().firstValue("X-Request-Id").orElseThrow();
  }

  @Test
  void requestId_isHonoured_andInErrors() {
    HttpResponse<String> answer =
        served.send(served.request("/api/jobs/none").header("X-Request-Id", "order-17/a:b"));
    assertThat(id(answer)).isEqualTo("order-17/a:b");
    assertThat(Served.json(answer.body()).get("request_id").asText()).isEqualTo("order-17/a:b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "a\"b", "äö"})
  void requestId_thatCouldForgeLogs_isReplaced(String given) {
    HttpResponse<String> answer =
        served.send(served.request("/health").header("X-Request-Id", given));
    assertThat(id(answer)).matches("[0-9a-f]{32}");
  }

  @Test
  void requestId_isInEveryAnswer_evenToMalformedRequests() {
    assertThat(
            Stream.of("/health", "/api/jobs", "/none", "/sdapi/v1/options?x=" + "y".repeat(9000))
                .map(path -> id(served.send(served.request(path)))))
        .doesNotHaveDuplicates();
  }

  /** Waits for a span that satisfies a condition, because spans end after responses. */
  private static SpanData span(InMemorySpanExporter spans, Predicate<SpanData> wanted) {
    Instant end = Instant.now().plusSeconds(60);
    while (Instant.now().isBefore(end)) {
      for (SpanData span : spans.getFinishedSpanItems()) {
        if (wanted.test(span)) {
          return span;
        }
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("only " + spans.getFinishedSpanItems());
  }

  private static SpanData job(InMemorySpanExporter spans) {
    return span(spans, span -> span.getName().startsWith("generate_content"));
  }

  private static List<String> below(InMemorySpanExporter spans, SpanData parent) {
    return spans.getFinishedSpanItems().stream()
        .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
        .map(SpanData::getName)
        .toList();
  }

  private static String submit(Served at, String body) {
    return Served.json(at.send(at.post("/api/jobs", body).header("traceparent", PARENT)))
        .get("id")
        .asText();
  }

  private static JsonNode done(Served at, String id) {
    return at.until("/api/jobs/" + id, job -> job.get("state").asText().equals("done"));
  }

  @Test
  void storedJob_itsPhasesAreSpans_belowThatOfTheRequest() {
    done(served, submit(served, "{'prompt': 'a ring<lora:night:1>', " + REST));
    SpanData request = span(SPANS, span -> span.getName().equals("POST /api/jobs"));
    assertThat(request.getTraceId()).isEqualTo(TRACE);
    assertThat(request.getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(request.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(request.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
        .isEqualTo(202);
    SpanData job = job(SPANS);
    assertThat(job.getTraceId()).isEqualTo(TRACE);
    assertThat(job.getParentSpanId()).isEqualTo(request.getSpanId());
    assertThat(job.getAttributes().get(AttributeKey.stringKey("gen_ai.output.type")))
        .isEqualTo("image");
    assertThat(job.getAttributes().get(AttributeKey.longKey("gen_ai.request.seed"))).isEqualTo(1);
    assertThat(job.getAttributes().asMap().values().toString()).doesNotContain("ring");
    assertThat(below(SPANS, job))
        .containsExactlyInAnyOrder(
            "claim", "queue", "loras", "encode", "sample", "decode", "store");
    SpanData sample = span(SPANS, span -> span.getName().equals("sample"));
    assertThat(sample.getAttributes().get(AttributeKey.longKey("sdlora.steps"))).isEqualTo(3);
    assertThat(sample.getStartEpochNanos()).isGreaterThanOrEqualTo(job.getStartEpochNanos());
    assertThat(sample.getEndEpochNanos())
        .isBetween(sample.getStartEpochNanos(), job.getEndEpochNanos());
  }

  @Test
  void waitingRequest_itsJobIsBelowIt_andTheFailureToo() {
    served.ask("/sdapi/v1/txt2img", "{'prompt': 'a ring', " + REST);
    SpanData request = span(SPANS, span -> span.getName().equals("POST /sdapi/v1/txt2img"));
    assertThat(job(SPANS).getParentSpanId()).isEqualTo(request.getSpanId());
    assertThat(request.getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void healthAndMetrics_areNotTraced() {
    Stream.of("/health", "/ready", "/metrics").forEach(path -> served.send(served.request(path)));
    served.get("/api/jobs");
    span(SPANS, span -> span.getName().equals("GET /api/jobs"));
    assertThat(SPANS.getFinishedSpanItems()).hasSize(1);
  }

  /** A second server takes a job that the first, which is busy, has accepted. */
  @Test
  void otherServerDraws_itsSpansAreInTheSameTrace() {
    InMemorySpanExporter others = InMemorySpanExporter.create();
    try (OpenTelemetrySdk telemetry = telemetry(others);
        Pipeline second = Served.pipeline(1)) {
      String busy = submit(served, Served.LONG);
      served.until("/api/jobs/" + busy, job -> job.get("state").asText().equals("running"));
      try (Served worker = served(second, telemetry)) {
        String id = submit(served, "{'prompt': 'a ring', " + REST);
        done(served, id);
        SpanData request = span(SPANS, span -> span.getName().equals("POST /api/jobs"));
        SpanData job = job(others);
        assertThat(job.getTraceId()).isEqualTo(request.getTraceId()).isEqualTo(TRACE);
        assertThat(below(others, job)).contains("claim", "queue", "sample", "store");
        assertThat(worker.get("/api/jobs/" + id).get("state").asText()).isEqualTo("done");
      } finally {
        served.send(served.request("/api/jobs/" + busy).DELETE());
        served.untilIdle();
      }
    }
  }
}
