package dev.sdlora.pipeline.model;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.spi.Backend.Limits;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.checkpoint.TrainedLevels;
import dev.sdlora.pipeline.conditioning.EncodedChunks;
import dev.sdlora.pipeline.control.ControlNets;
import dev.sdlora.pipeline.embedding.FolderEmbeddings;
import dev.sdlora.pipeline.embedding.PromptEmbeddings;
import dev.sdlora.pipeline.hypernetwork.HypernetworkFolders;
import dev.sdlora.pipeline.lora.ChangelessLoras;
import dev.sdlora.pipeline.lora.LoraSums;
import dev.sdlora.pipeline.lora.WeightGate;
import dev.sdlora.pipeline.memory.MachineMemory;
import dev.sdlora.pipeline.memory.MemoryBudget;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.pipeline.network.Vae;
import dev.sdlora.pipeline.preview.Previewer;
import dev.sdlora.pipeline.preview.Taesd;
import dev.sdlora.pipeline.upscale.UpscalerFolders;
import dev.sdlora.prompt.taught.KnownWords;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.folder.HashIndex;
import dev.sdlora.tensors.folder.PathRedactor;
import dev.sdlora.tensors.natives.Natives;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.weights.LiveWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all requests of a pipeline share. Safe for use by several threads. */
public final class Model implements AutoCloseable {
  /** From here on images go through an autoencoder of plain layers in strips. */
  private static final long LARGE_PIXELS = 768 * 768;

  private final Checkpoint checkpoint;
  private final Networks networks;
  private final AuxiliaryNetworks auxiliary;
  private final LoraFiles loraFiles;
  private final FolderLibrary library;
  private final FolderEmbeddings embeddings;
  private final ModuleIndex modules;
  private final Map<Network, Map<String, List<Long>>> shapes;
  private final LoraMode loraMode;
  private final boolean lenient;
  private final PathRedactor pathRedactor;
  private final Limits limits;
  private final MemoryBudget memory;
  private final WeightGate gate;
  private final Overlays overlays;
  private final ChangelessLoras changeless;
  private final KnownWords taughtWords;
  private final NoiseLevels levels;
  private final Optional<Refiner> refiner;
  private final EncodedChunks encodedChunks = new EncodedChunks();
  private final OnDemand textEncoderMemory;
  private final OnDemand vaeEncoderMemory;
  private final OnDemand vaeDecoderMemory;
  private final LoraSums loraSums;
  private @Nullable String hash;
  private @Nullable String vaeHash;

  public Model(
      Checkpoint checkpoint,
      Networks networks,
      Optional<Refiner> refiner,
      AuxiliaryNetworks auxiliary,
      LoraFiles loraFiles,
      FolderLibrary library,
      FolderEmbeddings embeddings,
      LoraMode loraMode,
      boolean lenient,
      Limits limits,
      MemoryPolicy memoryPolicy,
      PathRedactor pathRedactor) {
    this.checkpoint = checkpoint;
    this.taughtWords = KnownWords.of(checkpoint.words());
    this.networks = networks;
    this.refiner = refiner;
    this.auxiliary = auxiliary;
    this.loraFiles = loraFiles;
    this.library = library;
    this.embeddings = embeddings;
    this.loraMode = loraMode;
    this.lenient = lenient;
    this.pathRedactor = pathRedactor;
    this.limits = limits;
    this.memory =
        new MemoryBudget(
            limits.maxBytes(),
            new MachineMemory(),
            Natives::returnFreedMemory,
            Runtime.getRuntime().maxMemory());
    this.levels = networks.levels().levels();
    this.shapes = new EnumMap<>(Network.class);
    networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
    this.modules = new ModuleIndex(shapes);
    Patcher patcher = new Patcher(networks.torch(), networks.loader(), networks.patchable());
    this.gate = new WeightGate(patcher::apply, patcher::restore);
    List<LiveWeights> encoders =
        networks.textEncoders().stream().map(TextEncoder::weights).toList();
    this.textEncoderMemory =
        new OnDemand(
            memoryPolicy,
            encoders,
            () -> {
              for (int i = 0; i < encoders.size(); i++) {
                patcher.read(Network.textEncoder(i));
              }
            });
    this.vaeEncoderMemory = onDemand(memoryPolicy, networks.vae().encoderWeights());
    this.vaeDecoderMemory = onDemand(memoryPolicy, networks.vae().decoderWeights());
    this.overlays = new Overlays(networks.torch());
    this.loraSums = new LoraSums(networks.patchable());
    this.changeless = new ChangelessLoras(loraFiles, networks.torch(), networks.patchable());
  }

  private static OnDemand onDemand(MemoryPolicy policy, LiveWeights weights) {
    return new OnDemand(policy, List.of(weights), weights::read);
  }

  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The words that it tells that it was taught. */
  public KnownWords taughtWords() {
    return taughtWords;
  }

  public Networks networks() {
    return networks;
  }

  /** The model that may finish images. */
  public Optional<Refiner> refiner() {
    return refiner;
  }

  /** Makes previews. */
  public Previewer previewer() {
    return auxiliary.previewer();
  }

  /** Draws finished images, if the pipeline has it. */
  public Taesd taesd() {
    return auxiliary.taesd();
  }

  /** The networks that make images follow others. */
  public ControlNets controlNets() {
    return auxiliary.controlNets();
  }

  /**
   * Does something with the autoencoder as a request wants it for images of a size. What is not in
   * memory is read when it first runs.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public <T> T withVae(PromptSpec spec, ImageSize size, Function<Vae, T> work) {
    Vae whole = networks.vae();
    try (OnDemand.Use encoding = vaeEncoderMemory.use();
        OnDemand.Use decoding = vaeDecoderMemory.use()) {
      Vae vae =
          whole
              .tiling(spec.tiling())
              .reading(
                  () -> required(encoding, whole.encoderWeights()),
                  () -> required(decoding, whole.decoderWeights()));
      return work.apply(strips(spec, size) ? vae.inStrips() : vae);
    }
  }

  /** Does work on images of a size with the number of threads that suits them. */
  public <T> T drawing(ImageSize size, Supplier<T> work) {
    long pixels = (long) size.width() * size.height();
    return ThreadLimit.draw(networks.unet().weights().size(), pixels, work);
  }

  private static TensorDict required(OnDemand.Use use, LiveWeights weights) {
    use.require();
    return weights.dict();
  }

  /** The weights that encode images. */
  public OnDemand vaeEncoderMemory() {
    return vaeEncoderMemory;
  }

  /** The weights that decode latents. */
  public OnDemand vaeDecoderMemory() {
    return vaeDecoderMemory;
  }

  /** The weights of the text encoders, which LoRAs may have changed. */
  public OnDemand textEncoderMemory() {
    return textEncoderMemory;
  }

  /**
   * Whether images of a size go through the autoencoder in strips. With packed layers that is at
   * least as fast, whatever the size.
   */
  public boolean strips(PromptSpec spec, ImageSize size) {
    return switch (spec.vaeTiling()) {
      case AUTO ->
          networks.vae().decoderWeights().isPacked()
              || (long) size.width() * size.height() > LARGE_PIXELS;
      case ON -> true;
      case OFF -> false;
    };
  }

  /** The upscalers that requests can name. */
  public UpscalerFolders upscalers() {
    return auxiliary.upscalers();
  }

  /** How far LoRAs together move the weights. */
  public LoraSums loraSums() {
    return loraSums;
  }

  /** The hypernetworks that prompts can name. */
  public HypernetworkFolders hypernetworks() {
    return auxiliary.hypernetworks();
  }

  public LoraFiles loraFiles() {
    return loraFiles;
  }

  public FolderLibrary library() {
    return library;
  }

  public FolderEmbeddings embeddings() {
    return embeddings;
  }

  /** The embeddings that the prompts of one request may name, with those of its LoRAs. */
  public PromptEmbeddings embeddings(List<LoraFile> loras, boolean lenient) {
    return PromptEmbeddings.of(
        embeddings, loras, new PromptEmbeddings.Target(checkpoint, textWidths()), lenient);
  }

  /** Numbers in a state of each text encoder. */
  public List<Integer> textWidths() {
    return networks.textEncoders().stream().map(encoder -> encoder.config().width()).toList();
  }

  /** How files are shown to those who only write prompts. */
  public PathRedactor pathRedactor() {
    return pathRedactor;
  }

  /**
   * Plans LoRAs for the checkpoint.
   *
   * @throws dev.sdlora.api.error.LoraException if one does not fit
   */
  public PatchPlan plan(List<LoraUse> uses) {
    return match(uses).plan();
  }

  /** The same with how each LoRA fits. */
  public Matched match(List<LoraUse> uses) {
    return PatchPlan.match(modules, checkpoint.name(), checkpoint.family(), uses);
  }

  /** The shapes of all weights that LoRAs can change. */
  public Map<Network, Map<String, List<Long>>> shapes() {
    return shapes;
  }

  /** For requests that do not name one. */
  public LoraMode loraMode() {
    return loraMode;
  }

  /** For requests that do not say. */
  public boolean lenient() {
    return lenient;
  }

  /** What requests may take. */
  public Limits limits() {
    return limits;
  }

  /** The memory that they share. */
  public MemoryBudget memory() {
    return memory;
  }

  /** Guards the weights. */
  public WeightGate gate() {
    return gate;
  }

  public Overlays overlays() {
    return overlays;
  }

  /** Tells which LoRAs change nothing. */
  public ChangelessLoras changeless() {
    return changeless;
  }

  /** What the text encoders have made of the prompts so far. */
  public EncodedChunks encodedChunks() {
    return encodedChunks;
  }

  /**
   * The noise levels of a request.
   *
   * @param zeroTerminalSnr whether it wants those of a model that was not trained so stretched up
   *     to pure noise
   */
  public NoiseLevels levels(boolean zeroTerminalSnr) {
    boolean usual = networks.levels().kind() == TrainedLevels.Kind.SCALED_LINEAR;
    return zeroTerminalSnr && usual ? levels.zeroTerminalSnr() : levels;
  }

  /** A1111's hash of a single-file checkpoint, computed when first asked for. */
  public synchronized Optional<String> hash() {
    if (checkpoint.layout() != Checkpoint.Layout.SINGLE_FILE) {
      return Optional.empty();
    }
    String known = hash;
    if (known == null) {
      known = HashIndex.ofProcess().autoV2(checkpoint.path());
      hash = known;
    }
    return Optional.of(known);
  }

  /** The file name of a VAE used instead of the checkpoint's own. */
  public Optional<String> vaeName() {
    return checkpoint.vae().map(path -> String.valueOf(path.getFileName()));
  }

  /**
   * The hash of the file whose VAE took the place of the checkpoint's own, computed when first
   * asked for.
   */
  public synchronized Optional<String> vaeHash() {
    Optional<Path> file = checkpoint.vae().filter(Files::isRegularFile);
    if (file.isPresent() && vaeHash == null) {
      vaeHash = HashIndex.ofProcess().autoV2(file.get());
    }
    return Optional.ofNullable(vaeHash);
  }

  @Override
  public void close() {
    Closing.all(auxiliary::close, () -> refiner.ifPresent(Refiner::close), networks::close);
  }
}
