package dev.sdlora.cli;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.Recovery.Kind;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.model.PredictionType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which model to load and how. */
@Heading(
    value = "Model and folders",
    basic = {"--checkpoint"})
final class ModelOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description =
          "SD 1.x, SD 2.x or SDXL checkpoint: a file, a diffusers folder, or a U-Net alone if the"
              + " rest is named; or where it is published, hf:OWNER/REPO (sd get). Default: the"
              + " bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Option(
      names = "--upscaler-dir",
      paramLabel = "DIR",
      description = "Folder with upscalers that can be named; repeatable. Default: none.")
  private List<Path> upscalerDirectories = new ArrayList<>();

  @Option(
      names = "--hypernetwork-dir",
      paramLabel = "DIR",
      description =
          "Folder with hypernetworks of A1111 that prompts can name, <hypernet:name:0.8>;"
              + " repeatable. Default: none.")
  private List<Path> hypernetworkDirectories = new ArrayList<>();

  @Option(
      names = "--refiner",
      paramLabel = "PATH",
      description = "Checkpoint that finishes pictures, such as SDXL's refiner. Default: none.")
  private Optional<String> refiner = Optional.empty();

  @Option(
      names = "--prediction-type",
      paramLabel = "epsilon|v_prediction|sample|edm",
      description = "What the U-Net predicts. Default: what the checkpoint shows.")
  private Optional<PredictionType> predictionType = Optional.empty();

  @Option(
      names = "--precision",
      paramLabel = "auto|float32|bfloat16|float16",
      defaultValue = "auto",
      description =
          "Number format of the computation; auto is bfloat16 where the processor has instructions"
              + " for it (sd info --device), else float32; float16 is for GPUs."
              + " Default: ${DEFAULT-VALUE}.")
  private Precision precision = Precision.AUTO;

  @Option(
      names = "--memory-policy",
      paramLabel = "keep|sparing",
      defaultValue = "keep",
      description =
          "Keep all networks in memory, or read text encoders and VAE again whenever they are"
              + " needed. Default: ${DEFAULT-VALUE}.")
  private MemoryPolicy memoryPolicy = MemoryPolicy.KEEP;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "Where to compute: cpu, gpu (or cuda), gpu:1 … Default: ${DEFAULT-VALUE}.")
  private String device = "cpu";

  @Option(
      names = "--preview-decoder",
      paramLabel = "FILE",
      description =
          "TAESD's decoder, taesd_decoder.pth or .safetensors of github.com/madebyollin/taesd, for"
              + " previews of full size and --final-decoder. Default: none, small previews.")
  private Optional<Path> previewDecoder = Optional.empty();

  @Mixin private final PartsOptions parts = new PartsOptions();
  @Mixin private final FolderOptions folders = new FolderOptions();

  /** What an image was made with, where the options leave it open. */
  private Optional<Recovery> recovered = Optional.empty();

  private Optional<Checkpoint> opened = Optional.empty();

  /**
   * Opens the checkpoint, once. The native libraries load meanwhile, for the pipeline that follows.
   */
  Checkpoint open(Console console) {
    if (opened.isEmpty()) {
      Pipeline.warmUp();
      opened =
          Optional.of(
              Checkpoint.open(
                  PublishedFile.path(checkpoint, console)
                      .or(() -> recovered(Kind.CHECKPOINT))
                      .orElseGet(BundledModel::checkpoint),
                  parts.parts(recovered(Kind.VAE), console)));
    }
    return opened.get();
  }

  /**
   * Looks for the files that an image was made with, and tells of those with other names and of
   * those that are not there.
   *
   * @param get whether LoRAs that are missing are looked for on Civitai, and put into a folder
   * @return the request with the names that LoRAs and embeddings have here
   * @throws CheckpointException if its model is wanted and not there
   */
  PromptSpec recover(PromptSpec spec, boolean get, Console console) {
    Recovery recovery = folders.recover(spec, loraFolders(), console);
    if (get && folders.get(recovery.missing(), console)) {
      recovery = folders.recover(spec, loraFolders(), console);
    }
    recovered = Optional.of(recovery);
    if (!console.json()) {
      recovery.found().stream()
          .filter(Recovery.Found::renamed)
          .forEach(file -> console.err().println("sd: " + file));
    }
    for (Recovery.Missing file : recovery.missing()) {
      if (file.kind() == Kind.CHECKPOINT && checkpoint.isEmpty() && file.namesake().isEmpty()) {
        throw new CheckpointException(
            "the picture's " + file + "; name another model by --checkpoint");
      }
      console.warn(file.toString());
    }
    return recovery.spec();
  }

  private Optional<Path> recovered(Kind kind) {
    return recovered.flatMap(
        recovery ->
            recovery
                .file(kind)
                .or(
                    () ->
                        recovery.missing().stream()
                            .filter(file -> file.kind() == kind)
                            .flatMap(file -> file.namesake().stream())
                            .findFirst()));
  }

  /** Loads a model, which the terminal tells of. */
  static Pipeline loadTold(Pipeline.Builder builder, Checkpoint opened, Console console) {
    String what =
        String.format(
            Locale.ROOT,
            "loading %s, %.1f million weights",
            opened.name(),
            opened.parameterCount() / 1e6);
    ElapsedTimeLine waiting = ElapsedTimeLine.on(console.terminal(), what);
    try {
      return builder.checkpoint(opened).build();
    } finally {
      waiting.close();
    }
  }

  Pipeline load(Checkpoint opened, Console console) {
    return load(Pipeline.builder(), opened, console);
  }

  /** Loads with what these options say over what the builder has. */
  Pipeline load(Pipeline.Builder pipeline, Checkpoint opened, Console console) {
    pipeline.precision(precision).memoryPolicy(memoryPolicy);
    OptionValue.set("--device", Optional.of(device), pipeline::device);
    if (!device.equalsIgnoreCase("cpu")) {
      DeviceReport.find(device);
    }
    loraFolders().forEach(pipeline::loraDirectory);
    previewDecoder.ifPresent(pipeline::previewDecoder);
    PublishedFile.path(refiner, console)
        .or(() -> recovered(Kind.REFINER))
        .ifPresent(pipeline::refiner);
    predictionType.ifPresent(pipeline::predictionType);
    folders.embeddings().forEach(pipeline::embeddingDirectory);
    upscalerDirectories.forEach(pipeline::upscalerDirectory);
    hypernetworkDirectories.forEach(pipeline::hypernetworkDirectory);
    return loadTold(pipeline, opened, console);
  }

  /** Folders with upscalers that can be named. */
  List<Path> upscalerFolders() {
    return upscalerDirectories;
  }

  /** Folders with checkpoints that requests can name. */
  List<Path> checkpointFolders() {
    return folders.checkpoints();
  }

  /** Whether a model to finish images is given. */
  boolean hasRefiner() {
    return refiner.isPresent() || recovered(Kind.REFINER).isPresent();
  }

  /** Where LoRAs have names: the folders given, or that of the bundled model. */
  List<Path> loraFolders() {
    boolean bundled = checkpoint.isEmpty() && folders.checkpoints().isEmpty();
    return bundled && folders.loras().isEmpty() ? List.of(BundledModel.loras()) : folders.loras();
  }
}
