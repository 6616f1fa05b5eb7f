package dev.sdlora.pipeline.model;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.spi.Backend.Limits;
import dev.sdlora.families.conditioning.EncodedChunks;
import dev.sdlora.families.family.Family;
import dev.sdlora.families.memory.MachineMemory;
import dev.sdlora.families.memory.MemoryBudget;
import dev.sdlora.families.network.AdaptableNetwork;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.ControlInput;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.control.ControlNets;
import dev.sdlora.pipeline.detail.Detectors;
import dev.sdlora.pipeline.embedding.FolderEmbeddings;
import dev.sdlora.pipeline.embedding.PromptEmbeddings;
import dev.sdlora.pipeline.hypernetwork.HypernetworkFolders;
import dev.sdlora.pipeline.imageprompt.ImageAdapters;
import dev.sdlora.pipeline.lora.ChangelessLoras;
import dev.sdlora.pipeline.lora.LoraSums;
import dev.sdlora.pipeline.lora.WeightGate;
import dev.sdlora.pipeline.lora.WidenedWeights;
import dev.sdlora.pipeline.preview.LatentToRgb;
import dev.sdlora.pipeline.preview.Previewer;
import dev.sdlora.pipeline.preview.Taesd;
import dev.sdlora.pipeline.preview.VaeColours;
import dev.sdlora.pipeline.upscale.UpscalerFolders;
import dev.sdlora.prompt.taught.KnownWords;
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
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The state shared by all requests of a pipeline. Safe for use by several threads. */
public final class Model implements AutoCloseable {
  /** Larger images are processed in strips by an autoencoder without packed layers. */
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
  private final Optional<Refiner> refiner;
  private final EncodedChunks encodedChunks = new EncodedChunks();
  private final OnDemand textEncoderMemory;
  private final OnDemand denoiserMemory;
  private final OnDemand vaeEncoderMemory;
  private final OnDemand vaeDecoderMemory;
  private final Previewer previewer;
  private final LoraSums loraSums;
  private final WidenedWeights widened;
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
            Natives::freedBytes,
            Runtime.getRuntime().maxMemory(),
            largestWeight(networks.denoiser().weights()));
    this.shapes = new EnumMap<>(Network.class);
    networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
    this.modules = networks.family().layers(shapes);
    shapes.computeIfPresent(Network.UNET, (network, weights) -> ControlInput.with(weights));
    Patcher patcher =
        new Patcher(
            networks.torch(),
            networks.loader(),
            networks.patchable(),
            networks.keepsDenoiser() ? Set.of() : Set.of(Network.UNET));
    this.gate = new WeightGate(patcher::apply, patcher::restore);
    List<LiveWeights> encoders =
        networks.encoders().stream().map(AdaptableNetwork::weights).toList();
    this.textEncoderMemory =
        new OnDemand(
            memoryPolicy,
            encoders,
            () -> {
              for (int i = 0; i < encoders.size(); i++) {
                patcher.read(Network.textEncoder(i));
              }
            });
    this.denoiserMemory =
        new OnDemand(
            networks.keepsDenoiser() ? MemoryPolicy.KEEP : memoryPolicy,
            List.of(networks.denoiser().weights()),
            () -> patcher.read(Network.UNET));
    this.vaeEncoderMemory = onDemand(memoryPolicy, networks.vae().encoderWeights());
    this.vaeDecoderMemory = onDemand(memoryPolicy, networks.vae().decoderWeights());
    this.previewer = auxiliary.previewer().orElseGet(this::linearPreviewer);
    this.overlays = new Overlays(networks.torch());
    this.loraSums = new LoraSums(networks.patchable());
    this.widened = new WidenedWeights(networks.patchable());
    this.changeless = new ChangelessLoras(loraFiles, networks.torch(), networks.patchable());
  }

  private static long largestWeight(LiveWeights weights) {
    return weights.shapes().values().stream()
        .mapToLong(
            shape -> shape.stream().reduce((long) weights.type().bytes(), Math::multiplyExact))
        .max()
        .orElse(0);
  }

  private Previewer linearPreviewer() {
    return networks.family().unetConfig().isPresent()
        ? LatentToRgb.of(checkpoint.family())
        : new VaeColours(
            work -> withVae(PromptSpec.builder().build(), new ImageSize(32, 32), work),
            networks.torch());
  }

  private static OnDemand onDemand(MemoryPolicy policy, LiveWeights weights) {
    return new OnDemand(policy, List.of(weights), weights::read);
  }

  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** Returns the words that the model was taught, according to its metadata. */
  public KnownWords taughtWords() {
    return taughtWords;
  }

  /** Returns the model's family. */
  public Family family() {
    return networks.family();
  }

  public Networks networks() {
    return networks;
  }

  /** Returns the refiner, if there is one. */
  public Optional<Refiner> refiner() {
    return refiner;
  }

  /** Returns the decoder of previews. */
  public Previewer previewer() {
    return previewer;
  }

  /** Returns the fast decoder of final images. */
  public Taesd taesd() {
    return auxiliary.taesd();
  }

  /** Returns the ControlNets and T2I-Adapters. */
  public ControlNets controlNets() {
    return auxiliary.controlNets();
  }

  /** Returns the detectors that detail passes can name. */
  public Detectors detectors() {
    return auxiliary.detectors();
  }

  /** Returns the IP-Adapters. */
  public ImageAdapters imageAdapters() {
    return auxiliary.imageAdapters();
  }

  /**
   * Runs work on the autoencoder, with the settings of a request and an image size. Weights that
   * are not in memory are read on first use.
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

  /** Runs work with the best number of threads for an image size. */
  public <T> T drawing(ImageSize size, Supplier<T> work) {
    long pixels = (long) size.width() * size.height();
    return ThreadLimit.draw(networks.denoiser().weights().size(), pixels, work);
  }

  private static TensorDict required(OnDemand.Use use, LiveWeights weights) {
    use.require();
    return weights.dict();
  }

  /** Returns the weights of the VAE encoder. */
  public OnDemand vaeEncoderMemory() {
    return vaeEncoderMemory;
  }

  /** Returns the weights of the VAE decoder. */
  public OnDemand vaeDecoderMemory() {
    return vaeDecoderMemory;
  }

  /** Returns the weights of the text encoders, including changes by LoRAs. */
  public OnDemand textEncoderMemory() {
    return textEncoderMemory;
  }

  /** Returns the weights of the denoiser, including changes by LoRAs. */
  public OnDemand denoiserMemory() {
    return denoiserMemory;
  }

  /**
   * Whether images of a size go through the autoencoder in strips. With packed layers, strips are
   * at least as fast at every size.
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

  /** Returns the upscalers that requests can name. */
  public UpscalerFolders upscalers() {
    return auxiliary.upscalers();
  }

  /** Returns the estimator of how much a sum of LoRAs changes the weights. */
  public LoraSums loraSums() {
    return loraSums;
  }

  /** Returns the cost of patching weights that are not held in the dtype of the computation. */
  public WidenedWeights widened() {
    return widened;
  }

  /** Returns the hypernetworks that prompts can name. */
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

  /**
   * Returns the embeddings that the prompts of one request can name, including those in its LoRA
   * files.
   */
  public PromptEmbeddings embeddings(List<LoraFile> loras, boolean lenient) {
    return PromptEmbeddings.of(
        embeddings, loras, new PromptEmbeddings.Target(checkpoint, textWidths()), lenient);
  }

  /** Returns the width of each text encoder's states for which embeddings have vectors. */
  public List<Integer> textWidths() {
    return networks.encoders().stream()
        .filter(TextEncoder.class::isInstance)
        .map(encoder -> ((TextEncoder) encoder).config().width())
        .toList();
  }

  /** Returns the filter that hides paths from clients that only write prompts. */
  public PathRedactor pathRedactor() {
    return pathRedactor;
  }

  /**
   * Plans a LoRA for the checkpoint and reports how it fits.
   *
   * @throws dev.sdlora.api.error.LoraException if it does not fit
   */
  public Matched match(LoraUse use) {
    return PatchPlan.match(modules, checkpoint.name(), checkpoint.family(), List.of(use));
  }

  /** Returns the shapes of all weights that LoRAs can change or add. */
  public Map<Network, Map<String, List<Long>>> shapes() {
    return shapes;
  }

  /**
   * Returns the mode that a request asks for; {@link WidenedWeights#mode} is that of its LoRAs.
   *
   * @param requested the request's own mode, if it has one
   */
  public LoraMode loraMode(Optional<LoraMode> requested) {
    return requested.orElse(loraMode);
  }

  /** Returns whether requests are lenient by default. */
  public boolean lenient() {
    return lenient;
  }

  /** Returns the limits of requests. */
  public Limits limits() {
    return limits;
  }

  /** Returns the memory budget shared by requests. */
  public MemoryBudget memory() {
    return memory;
  }

  /** Returns the gate that guards the weights. */
  public WeightGate gate() {
    return gate;
  }

  public Overlays overlays() {
    return overlays;
  }

  /** Returns the detector of LoRAs without effect. */
  public ChangelessLoras changeless() {
    return changeless;
  }

  /** Returns the cache of encoded prompts. */
  public EncodedChunks encodedChunks() {
    return encodedChunks;
  }

  /** Returns A1111's hash of a single-file checkpoint, computed on first use. */
  public synchronized Optional<String> hash() {
    if (checkpoint.isFolder()) {
      return Optional.empty();
    }
    String known = hash;
    if (known == null) {
      known = HashIndex.ofProcess().autoV2(checkpoint.path());
      hash = known;
    }
    return Optional.of(known);
  }

  /** Returns the file name of a VAE used instead of the checkpoint's own. */
  public Optional<String> vaeName() {
    return checkpoint.vae().map(path -> String.valueOf(path.getFileName()));
  }

  /** Returns the hash of a VAE file used instead of the checkpoint's own, computed on first use. */
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
