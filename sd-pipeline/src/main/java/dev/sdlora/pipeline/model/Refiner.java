package dev.sdlora.pipeline.model;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.EncodedChunks;
import dev.sdlora.families.conditioning.EncoderWeights;
import dev.sdlora.families.family.Family;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.sd.SdVersion;
import dev.sdlora.tensors.folder.HashIndex;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The networks of a second model that finishes the images of the first (Podell et al. 2023, "SDXL",
 * section 2.5). LoRAs do not change its weights, so requests share them freely.
 */
public final class Refiner implements AutoCloseable {
  private final UNetFiles files;
  private final Torch memory;
  private final List<LiveWeights> loaded = new ArrayList<>();
  private final List<TextEncoder> textEncoders;
  private final OnDemand textEncoderMemory;
  private final UNet unet;
  private final Family family;
  private final EncodedChunks encodedChunks = new EncodedChunks();
  private @Nullable String title;

  private Refiner(
      UNetFiles files, HeldFormats formats, String device, MemoryPolicy policy, Torch memory) {
    this.files = files;
    this.memory = memory;
    TensorLoader loader = new TensorLoader(memory);
    this.textEncoders =
        files.textEncoders().stream()
            .map(
                part ->
                    new TextEncoder(memory, part.config(), unread(loader, part.weights(), formats)))
            .toList();
    List<LiveWeights> encoders = List.copyOf(loaded);
    this.textEncoderMemory =
        new OnDemand(policy, encoders, () -> encoders.forEach(LiveWeights::read));
    LiveWeights unetWeights =
        PrecisionChoice.unetWeights(memory, loader, files, formats.inFloats(), device);
    loaded.add(unetWeights);
    this.unet = new UNet(memory, files.unet().config(), unetWeights);
    this.family = files.family();
  }

  private void read(MemoryPolicy policy) {
    if (policy == MemoryPolicy.KEEP) {
      textEncoders.forEach(encoder -> encoder.weights().read());
    }
    unet.weights().read();
  }

  private LiveWeights unread(
      TensorLoader loader, Map<String, Origin> origins, HeldFormats formats) {
    LiveWeights weights = PrecisionChoice.clipWeights(memory, loader, origins, formats);
    loaded.add(weights);
    return weights;
  }

  /**
   * Loads a model. On failure, all memory is released.
   *
   * @param torch the owner of the native memory
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  public static Refiner load(
      UNetFiles files, HeldFormats formats, String device, MemoryPolicy policy, Torch torch) {
    Torch memory = torch.child();
    try {
      Refiner refiner = new Refiner(files, formats, device, policy, memory);
      refiner.read(policy);
      return refiner;
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  public Checkpoint checkpoint() {
    return files.checkpoint();
  }

  /**
   * Returns the model's name in infotexts, for a single file with A1111's hash. The hash is
   * computed on first use.
   */
  public synchronized String title() {
    String known = title;
    if (known == null) {
      Checkpoint model = checkpoint();
      known =
          model.isFolder()
              ? model.name()
              : "%s [%s]".formatted(model.name(), HashIndex.ofProcess().autoV2(model.path()));
      title = known;
    }
    return known;
  }

  public UNet unet() {
    return unet;
  }

  /** Returns the refiner's family. */
  public Family family() {
    return family;
  }

  /** Returns the additional memory needed to use its text encoders, in bytes. */
  public long encoderBytes() {
    return textEncoderMemory.bytes();
  }

  /** Runs work on its text encoders. */
  public <T> T withTextEncoders(Function<List<AppliedEncoder>, T> work) {
    try (OnDemand.Use use = textEncoderMemory.use()) {
      return work.apply(
          IntStream.range(0, textEncoders.size()).mapToObj(i -> applied(i, use)).toList());
    }
  }

  private AppliedEncoder applied(int index, OnDemand.Use use) {
    TextEncoder encoder = textEncoders.get(index);
    TextEncoder reading =
        encoder.reading(
            () -> {
              use.require();
              return encoder.weights().dict();
            });
    return new AppliedEncoder(place(index), reading, EncoderWeights.PLAIN, encodedChunks);
  }

  /** Returns the index of an encoder among those of SDXL; the SDXL refiner has only the second. */
  private int place(int encoder) {
    return SdVersion.of(checkpoint().family()).encoder(encoder);
  }

  /**
   * Whether the model can read the vectors of embeddings trained for some text encoders.
   *
   * @param widths the widths of these encoders
   */
  public boolean readsWordsFor(List<Integer> widths) {
    return IntStream.range(0, textEncoders.size())
        .allMatch(
            i ->
                place(i) < widths.size()
                    && widths.get(place(i)) == textEncoders.get(i).config().width());
  }

  @Override
  public void close() {
    Closing.all(() -> Closing.all(loaded, LiveWeights::close), memory::close);
  }
}
