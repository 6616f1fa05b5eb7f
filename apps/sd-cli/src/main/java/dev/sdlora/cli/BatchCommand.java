package dev.sdlora.cli;

import dev.sdlora.batch.BatchPlan;
import dev.sdlora.batch.BatchRunner;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.model.ModelOptions;
import dev.sdlora.cli.option.NameableOptions;
import dev.sdlora.cli.report.BatchPlanView;
import dev.sdlora.cli.report.BatchProgress;
import dev.sdlora.cli.report.Json;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd batch}: generates images from a list of requests. */
@Command(
    name = "batch",
    customSynopsis = "sd batch [OPTIONS] MANIFEST --out DIR",
    description = {
      "Generate images from a list of requests; an interrupted batch resumes when run again.",
      "",
      "MANIFEST has one request per line, a JSON object with its settings: prompt, negative, seed,",
      "steps, size, sampler, cfg, lora, checkpoint and everything that A1111's API accepts. A list"
          + " of",
      "values makes one request per value. - reads standard input.",
      "",
      "Examples:",
      "  sd batch requests.jsonl --out images",
      "  echo '{\"prompt\": \"a red star <lora:ink_lines:0.8>\", \"seed\": [1, 2, 3], \"steps\":"
          + " [10, 20]}' | sd batch - --out images"
    },
    footer = {
      "",
      "DIR receives ID.png for each request and results.jsonl with one line for each. Existing"
          + " images are not generated again. Several processes may share one folder.",
      "",
      "Exit codes: 0 all images exist, 1 the batch could not continue, 2 bad usage, 3 some requests"
          + " failed, all others succeeded."
    })
@Heading("Requests")
final class BatchCommand implements Callable<Integer> {
  private static final int SOME_FAILED = 3;

  @Parameters(paramLabel = "MANIFEST", description = "JSON Lines file, or - for standard input.")
  private Path manifest = Path.of("-");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "Folder for images and results; created if missing.")
  private Path out = Path.of("");

  @Option(
      names = "--retry-failed",
      description = "Retry requests that failed before. Default: report and skip them.")
  private boolean retryFailed;

  @Option(
      names = "--dry-run",
      description = "Generate nothing; show the requests in the order they would run.")
  private boolean dryRun;

  @Option(names = "--quiet", description = "Show no progress and no summary.")
  private boolean quiet;

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final NameableOptions nameable = new NameableOptions();
  @Mixin private final Console console = new Console();

  @Override
  public Integer call() {
    try (BatchProgress progress = new BatchProgress(console, quiet)) {
      BatchRunner.Builder builder =
          BatchRunner.builder(out)
              .checkpoint(model.open(console))
              .pipeline(
                  checkpoint -> {
                    progress.clear(); // Loading writes to the same line.
                    return model.load(checkpoint, console);
                  })
              .retryFailed(retryFailed)
              .listener(progress);
      model.checkpointFolders().forEach(builder::checkpointDirectory);
      model.upscalerFolders().forEach(builder::upscalerDirectory);
      nameable.controlNetFolders().forEach(builder::controlNetDirectory);
      builder.styles(nameable.styles(console));
      BatchRunner runner = builder.build();
      if (dryRun) {
        return show(isStandardInput() ? runner.plan(System.in) : runner.plan(manifest));
      }
      BatchRunner.Summary summary =
          isStandardInput() ? runner.run(System.in) : runner.run(manifest);
      progress.summary(summary);
      return summary.failed() == 0 ? ExitCode.OK : SOME_FAILED;
    }
  }

  private boolean isStandardInput() {
    return manifest.toString().equals("-");
  }

  private int show(BatchPlan plan) {
    BatchPlanView view = new BatchPlanView(plan);
    if (console.json()) {
      view.toJson().forEach(line -> console.out().println(Json.line(line)));
    } else {
      view.toText().forEach(console.out()::println);
    }
    return plan.failed().isEmpty() ? ExitCode.OK : SOME_FAILED;
  }
}
