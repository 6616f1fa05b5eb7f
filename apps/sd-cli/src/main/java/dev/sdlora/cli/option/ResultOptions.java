package dev.sdlora.cli.option;

import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.server.SdServerBuilder;
import dev.sdlora.server.SdWorker;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the images that the server saves. */
@Heading("Images that are saved")
public final class ResultOptions {
  private static final int MOST_DAYS = 36_500;
  private static final String NEVER = "never";

  @Option(
      names = "--results",
      paramLabel = "PLACE",
      description =
          "Folder, or s3://BUCKET/PREFIX, for all images with their settings; the gallery shows a"
              + " folder. Default: images are kept with their jobs.")
  private Optional<String> place = Optional.empty();

  @Option(
      names = "--results-age",
      paramLabel = "DAYS",
      description =
          "Days after which the images in --results are deleted with their jobs, or never. Default:"
              + " never.")
  private String age = NEVER;

  /** Sets the place and the age. */
  public void set(SdServerBuilder server, Console console) {
    OptionValue.set("--results", place, server::results);
    if (!age.equals(NEVER)) {
      if (place.isEmpty()) {
        throw console.badUsage("--results-age needs --results");
      }
      server.resultsAge(days(age, console));
    }
  }

  /** Sets the place of a worker, whose front deletes what is old. */
  public void set(SdWorker.Builder worker) {
    OptionValue.set("--results", place, worker::results);
  }

  private static Duration days(String text, Console console) {
    try {
      int days = Integer.parseInt(text);
      if (days >= 1 && days <= MOST_DAYS) {
        return Duration.ofDays(days);
      }
    } catch (NumberFormatException e) {
      // The message is the same.
    }
    throw console.badUsage(
        "--results-age must be from 1 to %s days, or never: %s".formatted(MOST_DAYS, text));
  }
}
