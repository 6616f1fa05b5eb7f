package dev.sdlora.pipeline.model;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.spi.Backend.Settings;
import dev.sdlora.families.family.Family;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.pipeline.embedding.FolderEmbeddings;
import dev.sdlora.pipeline.preview.LatentToRgb;
import dev.sdlora.pipeline.preview.Previewer;
import dev.sdlora.pipeline.preview.VaeColours;
import dev.sdlora.tensors.folder.HashIndex;
import dev.sdlora.tensors.folder.PathRedactor;
import dev.sdlora.tensors.torch.Closing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The state shared by all requests of a pipeline. Safe for use by several threads. */
public final class Model implements AutoCloseable {
  private final Settings settings;
  private final Checkpoint checkpoint;
  private final Networks networks;
  private final AuxiliaryNetworks auxiliary;
  private final Optional<Refiner> refiner;
  private final ModelTexts texts;
  private final ModelLoras loras;
  private final ModelMemory memory;
  private final Previewer previewer;
  private final PathRedactor pathRedactor;
  private @Nullable String hash;
  private @Nullable String vaeHash;

  public Model(
      Settings settings,
      Checkpoint checkpoint,
      Networks networks,
      Optional<Refiner> refiner,
      AuxiliaryNetworks auxiliary,
      FolderLibrary library,
      FolderEmbeddings embeddings) {
    this.settings = settings;
    this.checkpoint = checkpoint;
    this.networks = networks;
    this.refiner = refiner;
    this.auxiliary = auxiliary;
    this.texts = new ModelTexts(checkpoint, embeddings, networks.encoders());
    this.loras = new ModelLoras(checkpoint, networks, library, settings.loraMode());
    this.memory = new ModelMemory(networks, loras, settings);
    this.previewer = auxiliary.previewer().orElseGet(this::linearPreviewer);
    this.pathRedactor =
        new PathRedactor(
            Stream.of(
                    settings.loraDirectories(),
                    settings.embeddingDirectories(),
                    settings.upscalerDirectories(),
                    settings.hypernetworkDirectories(),
                    settings.detectorDirectories(),
                    Optional.ofNullable(settings.checkpoint().path().getParent()).stream().toList())
                .flatMap(List::stream)
                .toList());
  }

  private Previewer linearPreviewer() {
    return family().unetConfig().isPresent()
        ? LatentToRgb.of(checkpoint.family())
        : new VaeColours(
            work -> memory.withVae(PromptSpec.builder().build(), new ImageSize(32, 32), work),
            networks.torch());
  }

  /** Returns what the pipeline was opened with, such as the limits of requests. */
  public Settings settings() {
    return settings;
  }

  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** Returns the model's family. */
  public Family family() {
    return networks.family();
  }

  public Networks networks() {
    return networks;
  }

  /** Returns the networks that are not part of the checkpoint. */
  public AuxiliaryNetworks auxiliary() {
    return auxiliary;
  }

  /** Returns the refiner, if there is one. */
  public Optional<Refiner> refiner() {
    return refiner;
  }

  /** Returns the words that the model knows and the texts that it has encoded. */
  public ModelTexts texts() {
    return texts;
  }

  /** Returns the LoRAs that the model can use, and the ways to apply them. */
  public ModelLoras loras() {
    return loras;
  }

  /** Returns the weights that are read when they are used, and the memory for requests. */
  public ModelMemory memory() {
    return memory;
  }

  /** Returns the decoder of previews. */
  public Previewer previewer() {
    return previewer;
  }

  /** Returns the filter that hides paths from clients that only write prompts. */
  public PathRedactor pathRedactor() {
    return pathRedactor;
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
