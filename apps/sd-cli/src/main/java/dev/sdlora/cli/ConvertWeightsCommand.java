package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.lora.FileFormats;
import dev.sdlora.cli.lora.MakingOptions;
import dev.sdlora.cli.lora.RoundingReport;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.report.Json;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd convert-weights}: writes the weights of a model in another format. */
@Command(
    name = "convert-weights",
    description =
        "Write the weights of a model in another format, such as 8 or 4 bits. Vectors, small"
            + " tensors, embedders, last layers and VAEs are not quantised.")
final class ConvertWeightsCommand implements Runnable {
  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "Checkpoint, U-Net, transformer or text encoder, quantised or not: a file, a diffusers"
              + " folder or a published model (see sd get).")
  private String in = "";

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description =
          "File to write, .gguf (for ComfyUI-GGUF and stable-diffusion.cpp) or .safetensors."
              + " Missing folders are created.")
  private Path out = Path.of("");

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      converter = FileFormats.class,
      description =
          "Format of the large weights: q8_0, q6_k, q5_k, q5_1, q5_0, q4_k, q4_1, q4_0, q3_k or"
              + " q2_k in .gguf; fp8, fp8_scaled or int8 in .safetensors; f16 or bf16 in both.")
  private FileFormat format = FileFormat.BF16;

  @Mixin private final Console console = new Console();

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Override
  public void run() {
    Stopwatch watch = new Stopwatch();
    WeightConversion conversion = WeightConversion.of(PublishedFile.path(in, console), format);
    ConvertedWeights converted =
        MakingOptions.run(
            console, quiet, out, listener -> conversion.listener(listener).write(out));
    if (console.json()) {
      ObjectNode json = MakingOptions.report(converted.file(), watch);
      RoundingReport.add(json, converted);
      console.out().println(Json.line(json));
    } else {
      console.out().println(converted.file() + ":");
      RoundingReport.print(console.out(), converted);
    }
  }
}
