package dev.sdlora.cli.option;

import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.server.SdServerBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for API keys. */
@Heading("API keys")
public final class KeyOptions {
  @Option(
      names = "--api-key",
      paramLabel = "TOKEN",
      description = "Bearer token to accept, as sent by OpenAI clients; repeatable.")
  private List<String> tokens = new ArrayList<>();

  @Option(
      names = "--api-keys",
      paramLabel = "FILE",
      description =
          "JSON list of keys with name, key (or sha256), and optionally priority, jobsPerMinute,"
              + " maxJobs, imagesPerDay and private; read again when it changes.")
  private Optional<Path> file = Optional.empty();

  /** Whether requests need a key. */
  public boolean areGiven() {
    return !tokens.isEmpty() || file.isPresent();
  }

  /** Sets the keys of a server. */
  public void set(SdServerBuilder server) {
    tokens.forEach(server::bearerToken);
    OptionValue.set("--api-keys", file, server::apiKeys);
  }
}
