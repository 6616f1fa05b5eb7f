package dev.sdlora.cli;

import dev.sdlora.batch.BatchPlan;
import dev.sdlora.batch.BatchRunner;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd batch}: a list of requests, drawn into a folder. */
@Command(
    name = "batch",
    customSynopsis = "sd batch [OPTIONS] MANIFEST --out DIR",
    description = {
      "Draw a list of requests into a folder, and go on where that was broken off.",
      "",
      "MANIFEST has a JSON object on each line, with the settings of a request: prompt, negative,",
      "seed, steps, size, sampler, cfg, lora, checkpoint and all that A1111's API knows. A list of",
      "values makes a request of each. - is standard input.",
      "",
      "Examples:",
      "  sd batch requests.jsonl --out pictures",
      "  echo '{\"prompt\": \"a red star <lora:ink_lines:0.8>\", \"seed\": [1, 2, 3], \"steps\": [10, 20]}'"
          + " | sd batch - --out pictures"
    },
    footer = {
      "",
      "DIR gets ID.png for each request and results.jsonl with a line for each. What is there is"
          + " not drawn again. Several processes may draw into one folder.",
      "",
      "Exit codes: 0 all pictures are there, 1 the batch could not go on, 2 bad usage, 3 all others"
          + " are there, but some requests failed."
    })
@Heading("What to draw")
final class BatchCommand implements Callable<Integer> {
  private static final int SOME_FAILED = 3;

  @Parameters(paramLabel = "MANIFEST", description = "A file of JSON Lines, or - .")
  private Path manifest = Path.of("-");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "Folder for pictures and results; made if there is none.")
  private Path out = Path.of("");

  @Option(
      names = "--retry-failed",
      description = "Draw again what failed before; otherwise it is told and passed over.")
  private boolean retryFailed;

  @Option(
      names = "--dry-run",
      description = "Draw nothing, but show what would be drawn, in which order.")
  private boolean dryRun;

  @Option(names = "--quiet", description = "Show neither progress nor the sum of it.")
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
                    progress.clear(); // Loading is told in the same place.
                    return model.load(checkpoint, console);
                  })
              .retryFailed(retryFailed)
              .listener(progress);
      model.checkpointFolders().forEach(builder::checkpointDirectory);
      model.upscalerFolders().forEach(builder::upscalerDirectory);
      nameable.controlNetFolders().forEach(builder::controlNetDirectory);
      builder.styles(nameable.styles());
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
