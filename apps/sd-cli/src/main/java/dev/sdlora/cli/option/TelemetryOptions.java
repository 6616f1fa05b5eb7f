package dev.sdlora.cli.option;

import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.log.LogFormat;
import dev.sdlora.cli.log.LogOutput;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for logs and traces of a server. */
@Heading("Logs and traces")
public final class TelemetryOptions implements AutoCloseable {
  private static final long LAST_SPANS_SECONDS = 2;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description =
          "Format of log lines: text, or json for one object per line, with a line for each"
              + " request and job. Default: ${DEFAULT-VALUE}.")
  private String logFormat = "text";

  @Option(
      names = "--traces",
      paramLabel = "URL",
      description =
          "OpenTelemetry collector that receives traces (OTLP over HTTP), such as"
              + " http://localhost:4318. Default: OTEL_EXPORTER_OTLP_ENDPOINT, otherwise none.")
  private Optional<String> traces = Optional.empty();

  private Optional<OpenTelemetrySdk> telemetry = Optional.empty();

  /** Begins to log in the chosen format. */
  public void start() {
    if (format() == LogFormat.JSON) {
      LogOutput.useJson();
      command.commandLine().setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }
    telemetry = endpoint().map(TelemetryOptions::open);
  }

  private LogFormat format() {
    try {
      return LogFormat.parse(logFormat);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          command.commandLine(), "--log-format must be text or json: " + logFormat, e);
    }
  }

  /** The address for traces; empty text if variables of the environment have it. */
  private Optional<String> endpoint() {
    if (traces.isPresent()) {
      return traces.map(this::checked);
    }
    return Stream.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
        .filter(name -> !System.getenv().getOrDefault(name, "").isBlank())
        .map(name -> "")
        .findFirst();
  }

  private String checked(String url) {
    try {
      URI address = new URI(url);
      String scheme = address.getScheme();
      if (("http".equals(scheme) || "https".equals(scheme)) && address.getHost() != null) {
        String path = address.getRawPath();
        return path.isEmpty() || path.equals("/") ? address.resolve("/v1/traces").toString() : url;
      }
    } catch (URISyntaxException e) {
      // The message below says what is expected.
    }
    throw new ParameterException(
        command.commandLine(), "--traces must be an address such as http://localhost:4318: " + url);
  }

  private static OpenTelemetrySdk open(String endpoint) {
    return AutoConfiguredOpenTelemetrySdk.builder()
        .addPropertiesSupplier(
            () ->
                Map.of(
                    "otel.service.name", "sd-server",
                    "otel.exporter.otlp.protocol", "http/protobuf",
                    "otel.metrics.exporter", "none",
                    "otel.logs.exporter", "none"))
        .addPropertiesCustomizer(
            settings ->
                endpoint.isEmpty()
                    ? Map.of()
                    : Map.of("otel.exporter.otlp.traces.endpoint", endpoint))
        .disableShutdownHook()
        .build()
        .getOpenTelemetrySdk();
  }

  /** Returns where traces go; empty if they are not wanted. */
  public Optional<OpenTelemetry> telemetry() {
    return telemetry.map(open -> open);
  }

  /** Sends the last spans, and logs as text again. */
  @Override
  public void close() {
    telemetry.ifPresent(open -> open.shutdown().join(LAST_SPANS_SECONDS, TimeUnit.SECONDS));
    LogOutput.useText();
  }
}
