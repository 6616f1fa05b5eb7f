package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.LoraArguments;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.report.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd lora bake}: merges LoRAs into a checkpoint. */
@Command(name = "bake", description = "Merge LoRAs permanently into a checkpoint.")
final class LoraBakeCommand implements Runnable {
  @Mixin private final LoraArguments loras = new LoraArguments();

  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description = "Checkpoint file or diffusers folder. Default: the bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Option(
      names = "--text-encoder",
      paramLabel = "FILE",
      description =
          "Text encoder of a denoiser alone, read and not written. Default: that in its usual"
              + " place.")
  private Optional<String> textEncoder = Optional.empty();

  @Option(
      names = "--text-encoder-2",
      paramLabel = "FILE",
      description = "The same for the second text encoder.")
  private Optional<String> textEncoder2 = Optional.empty();

  @Option(
      names = "--text-encoder-3",
      paramLabel = "FILE",
      description = "The same for the third text encoder.")
  private Optional<String> textEncoder3 = Optional.empty();

  @Option(
      names = "--vae",
      paramLabel = "FILE",
      description =
          "VAE of a denoiser alone, read and not written. Default: that in its usual place.")
  private Optional<String> vae = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = FileFormats.class,
      description =
          "Format of the large weights, as in sd convert-weights: q8_0 to q2_k with --out"
              + " FILE.gguf; fp8, fp8_scaled or int8 with FILE.safetensors; f16 or bf16. Default:"
              + " the dtypes of the checkpoint, float16 for quantised weights.")
  private Optional<FileFormat> format = Optional.empty();

  @Mixin private final MakingOptions making = new MakingOptions();

  @Override
  public void run() {
    Stopwatch watch = new Stopwatch();
    Console console = making.console();
    Path path = PublishedFile.path(checkpoint, console).orElseGet(BundledModel::checkpoint);
    LoraBaking baking = LoraBaking.into(path, loras.open(console)).parts(parts(console));
    format.ifPresent(baking::format);
    CreatedCheckpoint baked = making.run(listener -> baking.listener(listener).write(making.out()));
    for (String module : baked.unmatched()) {
      console.warn("module '" + module + "' matches no layer");
    }
    if (baked.changed() == 0) {
      console.warn("no LoRA changes a weight; '" + baked.file() + "' has those of the checkpoint");
    }
    if (console.json()) {
      ObjectNode json = MakingOptions.report(baked.file(), watch);
      json.put("changed", baked.changed());
      baked.unmatched().forEach(json.putArray("unmatched")::add);
      baked
          .weights()
          .ifPresent(
              weights -> RoundingReport.add(json, weights).put("of_change", baked.changeError()));
      console.out().println(Json.line(json));
    } else {
      console.out().printf("%s: %s weights changed%n", baked.file(), baked.changed());
      baked.weights().ifPresent(weights -> print(baked, weights));
    }
  }

  /** Returns the networks in other files. */
  private CheckpointParts parts(Console console) {
    CheckpointParts.Builder parts = CheckpointParts.builder();
    PublishedFile.path(vae, console).ifPresent(parts::vae);
    PublishedFile.path(textEncoder, console).ifPresent(parts::textEncoder);
    PublishedFile.path(textEncoder2, console).ifPresent(parts::textEncoder2);
    PublishedFile.path(textEncoder3, console).ifPresent(parts::textEncoder3);
    return parts.build();
  }

  private void print(CreatedCheckpoint baked, ConvertedWeights weights) {
    PrintWriter out = making.console().out();
    RoundingReport.print(out, weights);
    if (baked.changed() > 0) {
      out.printf(
          Locale.ROOT,
          "rounding of the changed weights: %.3g %% of the LoRAs' change%n",
          100 * baked.changeError());
    }
    if (format.isEmpty() && !weights.widened().isEmpty()) {
      out.printf(
          "%s weights became float16; --format writes them in another format%n",
          String.join(", ", new TreeSet<>(weights.widened())));
    }
  }
}
