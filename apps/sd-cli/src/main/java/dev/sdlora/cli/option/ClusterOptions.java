package dev.sdlora.cli.option;

import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of servers that share their work. */
@Heading("Front and workers")
public final class ClusterOptions {
  /** The part of a server in a cluster. */
  public enum Role {
    /** Accepts jobs and draws. */
    ALL,
    /** Accepts jobs that workers draw. */
    FRONT,
    /** Draws the jobs of fronts. */
    WORKER
  }

  @Option(
      names = "--role",
      paramLabel = "all|front|worker",
      defaultValue = "all",
      description =
          "Accept jobs and draw; accept jobs that workers draw, with the files of models but"
              + " without their weights in memory; or draw the jobs of fronts. Front and worker"
              + " need --jobs with a PostgreSQL address. Default: ${DEFAULT-VALUE}.")
  private Role role = Role.ALL;

  @Option(
      names = "--front",
      paramLabel = "URL",
      description =
          "Address of the front from which a worker gets files that it lacks. Default: none, it"
              + " draws only with files in its folders.")
  private Optional<URI> front = Optional.empty();

  @Option(
      names = "--front-key",
      paramLabel = "TOKEN",
      description = "Bearer token that the front accepts. Default: none.")
  private Optional<String> frontKey = Optional.empty();

  /**
   * Checks the options.
   *
   * @param jobs the value of {@code --jobs}
   */
  public void check(Optional<String> jobs, Console console) {
    boolean shared = jobs.filter(place -> place.startsWith("jdbc:postgresql:")).isPresent();
    if (role != Role.ALL && !shared) {
      throw console.badUsage(
          "--role %s needs --jobs with a database that servers share, such as"
                  .formatted(role.name().toLowerCase(Locale.ROOT))
              + " jdbc:postgresql://host/name?user=sd");
    }
    if (role != Role.WORKER && (front.isPresent() || frontKey.isPresent())) {
      throw console.badUsage("--front and --front-key are for --role worker");
    }
    if (front.isPresent()
        && (front.get().getHost() == null
            || !String.valueOf(front.get().getScheme()).matches("https?"))) {
      throw console.badUsage(
          "--front must be an address such as http://front:7860: " + front.get());
    }
  }

  public Role role() {
    return role;
  }

  public Optional<URI> front() {
    return front;
  }

  public Optional<String> frontKey() {
    return frontKey;
  }
}
