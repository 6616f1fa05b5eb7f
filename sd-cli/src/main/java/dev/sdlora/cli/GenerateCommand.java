package dev.sdlora.cli;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd generate}: from a prompt to PNG files. */
@Command(name = "generate", description = "Make pictures from a prompt.")
final class GenerateCommand implements Callable<Integer> {
  @Mixin private final PictureOptions picture = new PictureOptions();
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final Console console = new Console();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "out.png",
      description =
          "PNG or JPEG; several pictures become FILE-1.png, FILE-2.png and so on."
              + " Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("out.png");

  @Option(names = "--quiet", description = "Show no progress bar.")
  private boolean quiet;

  @Override
  public Integer call() {
    PromptSpec spec = picture.toSpec();
    OutputFiles files = new OutputFiles(out, spec.images());
    Stopwatch watch = new Stopwatch();
    Checkpoint checkpoint = model.open();
    double openSeconds = watch.lap();
    try (Pipeline pipeline = model.load(checkpoint)) {
      StopOnExit.watch(pipeline);
      double loadSeconds = watch.lap();
      int arraysBefore = pipeline.liveNativeArrays();
      GenerationResult result =
          pipeline.generate(spec, new PictureWriter(files, this::saved, progressBar()));
      double generateSeconds = watch.lap();
      for (String warning : result.warnings()) {
        console.err().println("sd: warning: " + warning);
      }
      if (console.json()) {
        GenerationReport report =
            new GenerationReport(
                result,
                files,
                new GenerationReport.Seconds(openSeconds, loadSeconds, generateSeconds),
                new GenerationReport.LiveNativeArrays(arraysBefore, pipeline.liveNativeArrays()));
        console.out().println(Json.line(report.toJson()));
      }
    }
    return 0;
  }

  private void saved(Path file) {
    if (!console.json()) {
      console.out().println(file);
    }
  }

  private Optional<ProgressBar> progressBar() {
    // Java cannot tell whether stderr is a terminal; the launcher can.
    return Boolean.getBoolean("sd.terminal") && !quiet
        ? Optional.of(new ProgressBar(console.err(), System::nanoTime))
        : Optional.empty();
  }
}
