package dev.sdlora.cli;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say which model to load and how. */
final class ModelOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description =
          "SD 1.x checkpoint: a .safetensors file or a diffusers folder. Default: the"
              + " bundled tiny model.")
  private Optional<Path> checkpoint = Optional.empty();

  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description =
          "Folder with LoRAs that prompts can name; repeatable. Default: the bundled"
              + " LoRAs with the bundled model, otherwise none.")
  private List<Path> loraDirectories = new ArrayList<>();

  @Option(
      names = "--embedding-dir",
      paramLabel = "DIR",
      description =
          "Folder with textual inversion embeddings that prompts can name; repeatable."
              + " Default: none.")
  private List<Path> embeddingDirectories = new ArrayList<>();

  @Option(
      names = "--upscaler-dir",
      paramLabel = "DIR",
      description = "Folder with upscalers that can be named; repeatable. Default: none.")
  private List<Path> upscalerDirectories = new ArrayList<>();

  @Option(
      names = "--precision",
      paramLabel = "float32|bfloat16",
      defaultValue = "float32",
      description = "Number format of the computation. Default: ${DEFAULT-VALUE}.")
  private Precision precision = Precision.FLOAT32;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "Where to compute. Default: ${DEFAULT-VALUE}.")
  private String device = "cpu";

  Checkpoint open() {
    return Checkpoint.open(checkpoint.orElseGet(BundledModel::checkpoint));
  }

  Pipeline load(Checkpoint opened) {
    Pipeline.Builder pipeline =
        Pipeline.builder().checkpoint(opened).precision(precision).device(device);
    loraDirectories.forEach(pipeline::loraDirectory);
    embeddingDirectories.forEach(pipeline::embeddingDirectory);
    upscalerDirectories.forEach(pipeline::upscalerDirectory);
    if (checkpoint.isEmpty() && loraDirectories.isEmpty()) {
      pipeline.loraDirectory(BundledModel.loras());
    }
    return pipeline.build();
  }
}
