package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.lora.MakingOptions;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.report.Json;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

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
      converter = Labels.class,
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
      console.out().println(Json.line(json(converted, watch)));
    } else {
      print(converted);
    }
  }

  private static ObjectNode json(ConvertedWeights converted, Stopwatch watch) {
    ObjectNode json = MakingOptions.report(converted.file(), watch);
    converted
        .bytes()
        .forEach(
            (format, bytes) ->
                json.withArray("formats").addObject().put("format", format).put("bytes", bytes));
    json.putObject("rounding")
        .put("rms", converted.rmsError())
        .put("largest", converted.largestError())
        .put("tensor", converted.worstTensor());
    return json;
  }

  private void print(ConvertedWeights converted) {
    console.out().println(converted.file() + ":");
    converted
        .bytes()
        .forEach(
            (format, bytes) ->
                console.out().printf(Locale.ROOT, "  %-18s %10.1f MB%n", format, bytes / 1e6));
    if (converted.worstTensor().isEmpty()) {
      console.out().println("no weight was rounded");
    } else {
      console
          .out()
          .printf(
              Locale.ROOT,
              "rounding: %.3g %% RMS; at most %.3g %% of the largest weight, in %s%n",
              100 * converted.rmsError(),
              100 * converted.largestError(),
              converted.worstTensor());
    }
  }

  /** Parses formats by their labels. */
  static final class Labels implements ITypeConverter<FileFormat> {
    @Override
    public FileFormat convert(String text) {
      try {
        return FileFormat.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
