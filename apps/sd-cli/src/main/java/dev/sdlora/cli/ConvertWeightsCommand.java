package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.ConvertedWeights.Rounding;
import dev.sdlora.api.make.ConvertedWeights.Share;
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
    for (Share share : converted.shares()) {
      json.withArray("formats")
          .addObject()
          .put("format", share.format())
          .put("tensors", share.tensors())
          .put("weights", share.weights())
          .put("bytes", share.bytes());
    }
    Rounding rounding = converted.rounding();
    json.putObject("rounding")
        .put("rms", rounding.rms())
        .put("largest", rounding.largest())
        .put("tensor", rounding.tensor());
    return json;
  }

  private void print(ConvertedWeights converted) {
    console.out().println(converted.file() + ":");
    for (Share share : converted.shares()) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "  %-18s %5d tensors, %10.1f MB%n",
              share.format(),
              share.tensors(),
              share.bytes() / 1e6);
    }
    Rounding rounding = converted.rounding();
    if (rounding.tensor().isEmpty()) {
      console.out().println("no weight was rounded");
    } else {
      console
          .out()
          .printf(
              Locale.ROOT,
              "rounding: %.3g %% RMS; at most %.3g %% of the largest weight, in %s%n",
              100 * rounding.rms(),
              100 * rounding.largest(),
              rounding.tensor());
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
