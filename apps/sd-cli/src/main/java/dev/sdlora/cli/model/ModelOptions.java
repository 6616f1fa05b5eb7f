package dev.sdlora.cli.model;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.Recovery.Kind;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.ElapsedTimeLine;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that select a model and its settings. */
@Heading(
    value = "Model and folders",
    basic = {"--checkpoint"})
public final class ModelOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description =
          "Checkpoint of SD 1.x, SD 2.x, SDXL, FLUX.2 klein, Z-Image, FLUX.1, Chroma or SD 3.x: a"
              + " .safetensors, .gguf or .ckpt file, a diffusers folder, a U-Net or transformer"
              + " whose other parts are given or found, or a published model such as"
              + " hf:OWNER/REPO (see sd get). Default: the bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Option(
      names = "--upscaler-dir",
      paramLabel = "DIR",
      description = "Folder with upscalers to select by name; repeatable. Default: none.")
  private List<Path> upscalerDirectories = new ArrayList<>();

  @Option(
      names = "--hypernetwork-dir",
      paramLabel = "DIR",
      description =
          "Folder with A1111 hypernetworks for prompts, <hypernet:name:0.8>; repeatable. Default:"
              + " none.")
  private List<Path> hypernetworkDirectories = new ArrayList<>();

  @Option(
      names = "--detector-dir",
      paramLabel = "DIR",
      description =
          "Folder with detectors in ONNX files, such as face_yolov8n.onnx, for passes that repaint"
              + " details; repeatable. Default: none.")
  private List<Path> detectorDirectories = new ArrayList<>();

  @Option(
      names = "--preprocessor-dir",
      paramLabel = "DIR",
      description =
          "Folder with ONNX files of preprocessors that run a network, such as depth or pose;"
              + " repeatable. Default: none.")
  private List<Path> preprocessorDirectories = new ArrayList<>();

  @Option(
      names = "--refiner",
      paramLabel = "PATH",
      description = "Checkpoint for the last steps, such as the SDXL refiner. Default: none.")
  private Optional<String> refiner = Optional.empty();

  @Option(
      names = "--prediction-type",
      paramLabel = "epsilon|v_prediction|sample|edm",
      description = "Prediction type of the U-Net. Default: detected from the checkpoint.")
  private Optional<PredictionType> predictionType = Optional.empty();

  @Option(
      names = "--precision",
      paramLabel = "auto|float32|bfloat16|float16|int8",
      defaultValue = "auto",
      description =
          "Dtype of the computation; auto uses bfloat16 if the processor has instructions for it"
              + " (see sd info --device), else float32; float16 is for GPUs; int8 multiplies in"
              + " 8-bit integers, with AVX-512 VNNI or AMX. Default:"
              + " ${DEFAULT-VALUE}.")
  private Precision precision = Precision.AUTO;

  @Option(
      names = "--weights",
      paramLabel = "as-stored|float32|bfloat16|int8",
      defaultValue = "as-stored",
      description =
          "Format of the weights in memory: quantised ones as the file stores them, others in the"
              + " precision; or all of them in one format. Default: ${DEFAULT-VALUE}.")
  private WeightFormat weights = WeightFormat.AS_STORED;

  @Option(
      names = "--memory-policy",
      paramLabel = "keep|sparing",
      defaultValue = "keep",
      description =
          "Keep all networks in memory, or reload text encoders and VAE for each use. Default:"
              + " ${DEFAULT-VALUE}.")
  private MemoryPolicy memoryPolicy = MemoryPolicy.KEEP;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "Compute device: cpu, gpu (or cuda), gpu:1 …, mps (Apple); auto is the best that is there;"
              + " for sd serve also several, gpu:0,gpu:1, on each of which jobs run. Default:"
              + " ${DEFAULT-VALUE}.")
  private String device = "auto";

  @Option(
      names = "--preview-decoder",
      paramLabel = "FILE",
      description =
          "TAESD decoder, taesd_decoder.pth or .safetensors from github.com/madebyollin/taesd, for"
              + " full-size previews and --final-decoder; TAEF1 for Z-Image, TAEF2 for FLUX.2."
              + " Default: none, small previews.")
  private Optional<Path> previewDecoder = Optional.empty();

  @Option(
      names = "--image-encoder",
      paramLabel = "FILE",
      description =
          "CLIP vision encoder for IP-Adapters: ViT-H/14 or ViT-bigG/14, a file or a folder of"
              + " diffusers; repeatable. Default: a folder image_encoder next to the adapter.")
  private List<Path> imageEncoders = new ArrayList<>();

  @Mixin private final PartsOptions parts = new PartsOptions();
  @Mixin private final FolderOptions folders = new FolderOptions();

  /** Files that an image was made with, used where the options name none. */
  private Optional<Recovery> recovered = Optional.empty();

  private Optional<Checkpoint> opened = Optional.empty();

  /** Opens the checkpoint, by default the first one in the folders instead of the bundled one. */
  public Checkpoint openFirst(Console console) {
    if (checkpoint.isEmpty() && opened.isEmpty()) {
      Pipeline.warmUp();
      opened = FirstCheckpoint.in(folders.checkpoints());
    }
    return open(console);
  }

  /** Opens the checkpoint once. Meanwhile the native libraries load for the pipeline. */
  public Checkpoint open(Console console) {
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
   * Searches for the files that an image was made with, and reports those that are renamed or
   * missing.
   *
   * @param get whether to download missing LoRAs from Civitai
   * @return the request with the local names of LoRAs and embeddings
   * @throws CheckpointException if its model is needed but missing
   */
  public PromptSpec recover(PromptSpec spec, boolean get, Console console) {
    Recovery recovery = folders.recover(spec, loraFolders(), console);
    if (get && folders.get(recovery.missing(), console)) {
      recovery = folders.recover(spec, loraFolders(), console);
    }
    recovered = Optional.of(recovery);
    if (!console.json()) {
      recovery.found().stream()
          .filter(Recovery.Item::renamed)
          .forEach(file -> console.err().println("sd: " + file));
    }
    for (Recovery.Item file : recovery.missing()) {
      if (file.kind() == Kind.CHECKPOINT && checkpoint.isEmpty() && file.namesake().isEmpty()) {
        throw new CheckpointException(
            "the image's " + file + "; choose another model with --checkpoint");
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

  /** Loads a model and shows the elapsed time. */
  public static Pipeline loadShowingTime(
      Pipeline.Builder builder, Checkpoint opened, Console console) {
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

  /** Loads a model on the one device that {@code --device} names; several are bad usage. */
  public Pipeline load(Checkpoint opened, Console console) {
    requireOneDevice("several are for sd serve", console);
    return load(Pipeline.builder(), opened, console);
  }

  /**
   * Refuses several devices.
   *
   * @param cure where they can be used
   */
  public void requireOneDevice(String cure, Console console) {
    if (!new DeviceList(device).isOne()) {
      throw console.badUsage("--device must name one device; %s: %s".formatted(cure, device));
    }
  }

  /**
   * Loads a model on each device that {@code --device} names, as one pipeline; these options
   * override the settings of the builder.
   */
  public Pipeline load(Pipeline.Builder pipeline, Checkpoint opened, Console console) {
    setFamily(pipeline, console);
    predictionType.ifPresent(pipeline::predictionType);
    return new DeviceList(device)
        .open(set(pipeline), each -> loadShowingTime(each, opened, console));
  }

  /**
   * Loads another model of the folders. The options that are for one family of models, such as a
   * refiner, take effect if it has the family of the first one.
   */
  public Pipeline loadOther(Pipeline.Builder pipeline, Checkpoint other, Console console) {
    boolean isFirst = opened.filter(first -> first.path().equals(other.path())).isPresent();
    if (isFirst) {
      predictionType.ifPresent(pipeline::predictionType);
    }
    if (opened.filter(first -> first.family() == other.family()).isPresent()) {
      setFamily(pipeline, console);
    }
    return new DeviceList(device).open(set(pipeline).checkpoint(other), Pipeline.Builder::build);
  }

  private void setFamily(Pipeline.Builder pipeline, Console console) {
    previewDecoder.ifPresent(pipeline::previewDecoder);
    PublishedFile.path(refiner, console)
        .or(() -> recovered(Kind.REFINER))
        .ifPresent(pipeline::refiner);
  }

  private Pipeline.Builder set(Pipeline.Builder pipeline) {
    pipeline.precision(precision).weights(weights).memoryPolicy(memoryPolicy);
    loraFolders().forEach(pipeline::loraDirectory);
    imageEncoders.forEach(pipeline::imageEncoder);
    folders.embeddings().forEach(pipeline::embeddingDirectory);
    upscalerDirectories.forEach(pipeline::upscalerDirectory);
    hypernetworkDirectories.forEach(pipeline::hypernetworkDirectory);
    detectorDirectories.forEach(pipeline::detectorDirectory);
    preprocessorDirectories.forEach(pipeline::preprocessorDirectory);
    return pipeline;
  }

  /** Sets what does not depend on files: one device, precision and memory. */
  public void configure(Pipeline.Builder pipeline) {
    pipeline.precision(precision).weights(weights).memoryPolicy(memoryPolicy);
    OptionValue.set("--device", Optional.of(device), pipeline::device);
  }

  /** Returns all folders that are given. */
  public List<Path> givenFolders() {
    return Stream.of(
            folders.checkpoints(), folders.loras(), folders.embeddings(), upscalerDirectories)
        .flatMap(List::stream)
        .toList();
  }

  /** Returns the folders with upscalers that can be named. */
  public List<Path> upscalerFolders() {
    return upscalerDirectories;
  }

  /** Returns the folders with checkpoints that requests can name. */
  public List<Path> checkpointFolders() {
    return folders.checkpoints();
  }

  /** Whether a refiner model is given. */
  public boolean hasRefiner() {
    return refiner.isPresent() || recovered(Kind.REFINER).isPresent();
  }

  /**
   * Returns the folders in which LoRAs are found by name: the given ones, or that of the bundled
   * model.
   */
  public List<Path> loraFolders() {
    boolean bundled = checkpoint.isEmpty() && folders.checkpoints().isEmpty();
    return bundled && folders.loras().isEmpty() ? List.of(BundledModel.loras()) : folders.loras();
  }
}
