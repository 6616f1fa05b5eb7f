package dev.sdlora.cli;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.ProgressBar;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.model.ModelOptions;
import dev.sdlora.cli.option.ImageOptions;
import dev.sdlora.cli.report.GenerationReport;
import dev.sdlora.cli.report.ImageWriter;
import dev.sdlora.cli.report.Json;
import dev.sdlora.cli.report.OutputFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd generate}: generates PNG files from a prompt. */
@Command(
    name = "generate",
    customSynopsis = "sd generate [OPTIONS] PROMPT",
    description = {
      "Generate images from a prompt.",
      "",
      "Examples:",
      "  sd generate \"a red star on a yellow background\" -o star.png",
      "  sd generate \"a blue heart <lora:ink_lines:0.8>\" -n ring --seed 42 --images 4",
      "  sd generate \"a tiger\" --checkpoint m.safetensors --lora ink.safetensors:0.8",
      "  sd generate \"a tiger in snow\" --init tiger.png --strength 0.6",
      "  sd generate --from star.png --steps 30"
    })
@Heading(
    value = "Output",
    basic = {"--out"})
final class GenerateCommand implements Callable<Integer> {
  @Mixin private final ImageOptions image = new ImageOptions();
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final Console console = new Console();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      defaultValue = "out.png",
      description =
          "PNG or JPEG file to write; several images become FILE-1.png, FILE-2.png and so on."
              + " Missing folders are created. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("out.png");

  @Option(
      names = "--preview",
      paramLabel = "FILE",
      description = "PNG file for a preview, updated after each step.")
  private Optional<Path> preview = Optional.empty();

  @Option(names = "--quiet", description = "Show no progress and no seeds.")
  private boolean quiet;

  @Override
  public Integer call() {
    Stopwatch watch = new Stopwatch();
    PromptSpec spec = image.toSpec(model, console);
    if (spec.prompt().isBlank() && spec.imagePrompts().isEmpty()) {
      console.warn(
          "the prompt is empty, so the image shows whatever the model likes; give a prompt such as"
              + " \"a red star\"");
    }
    OutputFiles files = new OutputFiles(out, spec.images());
    OutputFiles.requirePng("--preview", preview);
    Checkpoint checkpoint = model.open(console);
    double openSeconds = watch.lap();
    try (Pipeline pipeline = model.load(checkpoint, console)) {
      double loadSeconds = watch.lap();
      ImageWriter writer = new ImageWriter(files, this::saved, progressBar(), preview);
      GenerationResult result = pipeline.generate(spec, writer);
      double generateSeconds = watch.lap();
      result.warnings().forEach(console::warn);
      if (console.json()) {
        GenerationReport report =
            new GenerationReport(
                result,
                writer.images(),
                new GenerationReport.Seconds(openSeconds, loadSeconds, generateSeconds));
        console.out().println(Json.line(report.toJson()));
      } else if (!quiet) {
        console.err().println(seeds(writer.images()));
      }
    }
    return 0;
  }

  private void saved(Path file) {
    if (!console.json()) {
      console.out().println(file);
    }
  }

  /** Returns the options that reproduce the same images. */
  private static String seeds(List<ImageWriter.Saved> images) {
    List<String> seeds = images.stream().map(image -> "" + image.seed()).toList();
    return (seeds.size() == 1 ? "seed " : "seeds ") + String.join(", ", seeds);
  }

  private Optional<ProgressBar> progressBar() {
    return console.progress(quiet).map(line -> new ProgressBar(line, System::nanoTime));
  }
}
