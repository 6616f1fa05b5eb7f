package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.grid.VariationGrid;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.model.ModelOptions;
import dev.sdlora.cli.option.ImageOptions;
import dev.sdlora.cli.report.CellProgress;
import dev.sdlora.cli.report.Json;
import dev.sdlora.cli.report.OutputFiles;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd grid}: generates a grid of images that vary in one or two settings. */
@Command(
    name = "grid",
    customSynopsis = "sd grid [OPTIONS] --x AXIS [--y AXIS] PROMPT",
    description = {
      "Generate a grid of images that vary in one or two settings.",
      "",
      "Examples:",
      "  sd grid \"a red star on a yellow background\" --x seed=1-4 --y \"cfg=1-7 [3]\"",
      "  sd grid \"a red star\" --x \"lora:night=0-1 [5]\" --y sampler=Euler,DDIM"
    },
    footer = {
      "",
      "An axis is NAME=VALUES: seed=1-4, steps=10,20,40, cfg=1-7 [3], sampler=Euler a,DDIM,"
          + " schedule=Karras,Normal, size=64x64,128x64, lora:NAME=0-1 [5], prompt=red,blue (each"
          + " replaces the first), denoising=0.3,0.6; the name of any other option with one value,"
          + " without its dashes: cfg-rescale=0,0.7. 1-9 (+2) counts in steps of 2; 0-1 [5] is five"
          + " numbers from 0 to 1."
    })
@Heading(
    value = "Output",
    basic = {"--x", "--y", "--out"})
final class GridCommand implements Callable<Integer> {
  @Mixin private final ImageOptions image = new ImageOptions();
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final Console console = new Console();

  @Option(
      names = "--x",
      paramLabel = "AXIS",
      required = true,
      description = "Setting that varies by column.")
  private Axis columns = Axis.seeds(0);

  @Option(
      names = "--y",
      paramLabel = "AXIS",
      description = "Setting that varies by row. Default: one row.")
  private Optional<Axis> rows = Optional.empty();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      defaultValue = "grid.png",
      description = "PNG file to write. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("grid.png");

  @Option(names = "--quiet", description = "Show no progress and no seed.")
  private boolean quiet;

  @Override
  public Integer call() {
    PromptSpec spec = image.toSpec(model, console);
    VariationGrid grid =
        rows.map(axis -> VariationGrid.of(spec, columns, axis))
            .orElseGet(() -> VariationGrid.of(spec, columns));
    OutputFiles file = new OutputFiles(out, 1);
    try (Pipeline pipeline = model.load(model.open(console), console)) {
      GeneratedImage sheet = grid.draw(pipeline, new CellProgress(console, quiet, grid.cells()));
      sheet.save(file.of(0));
      if (console.json()) {
        ObjectNode json = Json.object();
        json.put("file", file.of(0).toString());
        json.put("pictures", grid.cells());
        json.put("width", sheet.width());
        json.put("height", sheet.height());
        json.put("precision", pipeline.precision().name().toLowerCase(Locale.ROOT));
        console.out().println(Json.line(json));
      } else {
        console.out().println(file.of(0));
        if (!quiet) {
          console.err().println("seed " + sheet.seed());
        }
      }
    }
    return 0;
  }
}
