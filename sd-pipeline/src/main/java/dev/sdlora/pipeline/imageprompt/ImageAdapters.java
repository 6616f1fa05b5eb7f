package dev.sdlora.pipeline.imageprompt;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.families.checkpoint.auxiliary.ImageAdapterReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.control.ImageAdapter;
import dev.sdlora.families.network.control.ImageAdapterConfig;
import dev.sdlora.families.sd.SdVersion;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The IP-Adapters of a pipeline. Some stay in memory; others are loaded for one request. Safe for
 * use by several threads.
 */
public final class ImageAdapters implements AutoCloseable {
  private final VisionEncoders encoders;
  private final Torch torch;
  private final Checkpoint checkpoint;
  private final Optional<UNetConfig> unet;
  private final ScalarType type;
  private final Map<Path, Loaded> kept = new LinkedHashMap<>();

  /**
   * Loads the adapters that stay in memory.
   *
   * @param files their files
   * @param encoders the vision encoders; closed with this
   * @param torch owns their native memory
   * @param checkpoint the model that they must fit
   * @param unet its U-Net, if its denoiser is one
   * @param type the dtype to compute in
   * @throws CheckpointException if one is something else or does not fit; nothing is kept then
   */
  public ImageAdapters(
      List<Path> files,
      VisionEncoders encoders,
      Torch torch,
      Checkpoint checkpoint,
      Optional<UNetConfig> unet,
      ScalarType type) {
    this.encoders = encoders;
    this.torch = torch;
    this.checkpoint = checkpoint;
    this.unet = unet;
    this.type = type;
    try {
      files.forEach(file -> kept.computeIfAbsent(place(file), path -> load(read(path))));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static Path place(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /** An adapter and its own native memory. */
  record Loaded(ImageAdapter network, LiveWeights weights, Torch memory) implements AutoCloseable {
    @Override
    public void close() {
      Closing.all(weights::close, memory::close);
    }
  }

  /** Returns an empty set of prompts for a request. The caller closes it. */
  public ImagePrompts open() {
    return new ImagePrompts(unet.map(UNetConfig::levels).orElse(0), torch.scope());
  }

  /**
   * The output of a vision encoder for the images of a prompt, and for the absence of one: vectors
   * or states.
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Views(float[][] seen, float[][] unseen) {}

  /**
   * Encodes the image prompts of a request, and frees what only that needed: first all images, by
   * one vision encoder after another, then their keys and values, by one adapter after another.
   *
   * @param prompts the prompts; those of weight 0 are ignored
   * @param stopIfCancelled called before each step of the work; may throw
   * @throws CheckpointException if a file is something else or does not fit the checkpoint
   */
  public void encode(List<ImagePrompt> prompts, ImagePrompts into, Runnable stopIfCancelled) {
    Map<ImagePrompt, Views> views = views(prompts, stopIfCancelled);
    for (ImagePrompt prompt : prompts) {
      if (prompt.weight() != 0) {
        stopIfCancelled.run();
        Views view = Objects.requireNonNull(views.get(prompt));
        Loaded known = kept.get(place(prompt.adapter()));
        if (known != null) {
          add(prompt, view, known.network(), into);
        } else {
          try (Loaded loaded = load(read(prompt.adapter()))) {
            add(prompt, view, loaded.network(), into);
          }
        }
      }
    }
  }

  /** Encodes the images of all prompts. Each vision encoder is read at most once. */
  private Map<ImagePrompt, Views> views(List<ImagePrompt> prompts, Runnable stopIfCancelled) {
    Map<VisionEncoders.Opened, Map<ImagePrompt, ImageAdapterConfig>> readers =
        new LinkedHashMap<>();
    for (ImagePrompt prompt : prompts) {
      if (prompt.weight() != 0) {
        ImageAdapterConfig config = config(prompt);
        readers
            .computeIfAbsent(
                encoders.find(prompt.adapter(), config), encoder -> new LinkedHashMap<>())
            .put(prompt, config);
      }
    }
    Map<ImagePrompt, Views> views = new HashMap<>();
    readers.forEach(
        (encoder, read) -> {
          try {
            read.forEach(
                (prompt, config) ->
                    views.put(
                        prompt, view(prompt, encoder, config.readsPooled(), stopIfCancelled)));
          } finally {
            encoders.leave(encoder);
          }
        });
    return views;
  }

  private Views view(
      ImagePrompt prompt, VisionEncoders.Opened encoder, boolean pooled, Runnable stopIfCancelled) {
    int images = prompt.images().size();
    float[][] seen = new float[images][];
    for (int i = 0; i < images; i++) {
      stopIfCancelled.run();
      seen[i] = encoders.encode(encoder, Optional.of(prompt.images().get(i)), pooled);
    }
    float[][] unseen = new float[images][];
    Arrays.fill(unseen, encoders.encode(encoder, Optional.<Image>empty(), pooled));
    return new Views(seen, unseen);
  }

  private void add(ImagePrompt prompt, Views view, ImageAdapter adapter, ImagePrompts into) {
    UNetConfig own = unet.orElseThrow();
    List<String> layers = ImageAdapterConfig.layersOf(own);
    boolean isSdxl = SdVersion.of(own) == SdVersion.SDXL;
    double[] factors = LayerFactors.of(prompt.weightType(), isSdxl, layers);
    for (int i = 0; i < factors.length; i++) {
      factors[i] *= prompt.weight();
    }
    try (NDManager scope = torch.scope()) {
      into.add(
          prompt,
          new ImagePrompts.Layers(
              layers, factors, LayerFactors.away(prompt.weightType(), isSdxl, layers)),
          keys(prompt, adapter, tokens(adapter, view.seen(), scope), factors, into),
          keys(prompt, adapter, tokens(adapter, view.unseen(), scope), factors, into));
    }
  }

  private static List<NDArray> keys(
      ImagePrompt prompt,
      ImageAdapter adapter,
      NDArray tokens,
      double[] factors,
      ImagePrompts into) {
    return adapter.keys(tokens, factors, prompt.embedsScaling(), into.memory());
  }

  /** Returns the tokens of images, concatenated: [1, images · tokens, text width]. */
  private static NDArray tokens(ImageAdapter adapter, float[][] encoded, NDManager scope) {
    ImageAdapterConfig config = adapter.config();
    int length = encoded[0].length;
    float[] all = new float[encoded.length * length];
    for (int i = 0; i < encoded.length; i++) {
      System.arraycopy(encoded[i], 0, all, i * length, length);
    }
    int width = config.imageWidth();
    NDArray images =
        config.readsPooled()
            ? Torch.floats(scope, all, encoded.length, width)
            : Torch.floats(scope, all, encoded.length, length / width, width);
    return adapter.tokens(images, scope).reshape(1, -1, config.textWidth());
  }

  /**
   * Returns the native memory that encoding the prompts of a request takes: that of an adapter and
   * its vision encoder if encoders stay in memory, otherwise that of the larger one. Reads only
   * headers.
   *
   * @throws CheckpointException if a file is something else or does not fit the checkpoint
   */
  public long bytes(List<ImagePrompt> prompts) {
    long most = 0;
    for (ImagePrompt prompt : prompts) {
      if (prompt.weight() != 0) {
        Loaded known = kept.get(place(prompt.adapter()));
        long adapter = 0;
        ImageAdapterConfig config;
        if (known != null) {
          config = known.network().config();
        } else {
          NetworkFile<ImageAdapterConfig> file = read(prompt.adapter());
          config = file.config();
          adapter =
              file.weights().values().stream()
                  .mapToLong(origin -> origin.entry().elements() * type.bytes())
                  .sum();
        }
        long encoder = encoders.bytes(encoders.find(prompt.adapter(), config));
        most = Math.max(most, encoders.keeps() ? adapter + encoder : Math.max(adapter, encoder));
      }
    }
    return most;
  }

  private ImageAdapterConfig config(ImagePrompt prompt) {
    Loaded known = kept.get(place(prompt.adapter()));
    return known != null ? known.network().config() : read(prompt.adapter()).config();
  }

  /**
   * Returns the native memory of the keys and values of a request's prompts, with and without the
   * images and for the rows of a call. Reads only headers.
   *
   * @param rows rows of a call
   * @throws CheckpointException if a file is something else or does not fit the checkpoint
   */
  public long keyBytes(List<ImagePrompt> prompts, int rows) {
    long numbers = 0;
    for (ImagePrompt prompt : prompts) {
      if (prompt.weight() != 0) {
        ImageAdapterConfig config = config(prompt);
        long tokens =
            config.tokens() > 0
                ? config.tokens()
                : encoders.find(prompt.adapter(), config).config().positions();
        long channels = config.layers().stream().mapToLong(Integer::longValue).sum();
        numbers += 2 * tokens * prompt.images().size() * channels * (2 + rows);
      }
    }
    return numbers * type.bytes();
  }

  /** Whether vision encoders stay in memory after their first use. */
  public boolean keepsEncoders() {
    return encoders.keeps();
  }

  private NetworkFile<ImageAdapterConfig> read(Path path) {
    UNetConfig own =
        unet.orElseThrow(
            () ->
                new CheckpointException(
                    "'%s' is an IP-Adapter for U-Nets, but checkpoint '%s' is %s, which has none; IP-Adapters are available for SD 1.x and SDXL"
                        .formatted(path, checkpoint.name(), checkpoint.family().label()),
                    ErrorDetails.in(path)));
    NetworkFile<ImageAdapterConfig> file = ImageAdapterReader.read(TensorFile.open(path));
    ImageAdapterConfig config = file.config();
    if (!config.fits(own)) {
      throw new CheckpointException(
          "IP-Adapter '%s' is for %s attention layers that read text of width %s%s, but checkpoint '%s' is %s, with %s layers and width %s"
              .formatted(
                  path,
                  config.layers().size(),
                  config.textWidth(),
                  family(config.textWidth()),
                  checkpoint.name(),
                  checkpoint.family().label(),
                  ImageAdapterConfig.layersOf(own).size(),
                  own.contextWidth()),
          ErrorDetails.in(path));
    }
    return file;
  }

  private static String family(int textWidth) {
    return switch (textWidth) {
      case 768 -> " (SD 1.x)";
      case 1024 -> " (SD 2.x)";
      case 2048 -> " (SDXL)";
      default -> "";
    };
  }

  private Loaded load(NetworkFile<ImageAdapterConfig> file) {
    Torch memory = torch.child();
    try {
      LiveWeights weights =
          LiveWeights.load(memory, new TensorLoader(memory), file.weights(), type);
      return new Loaded(new ImageAdapter(memory, file.config(), weights), weights, memory);
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  @Override
  public void close() {
    Closing.all(() -> Closing.all(kept.values(), Loaded::close), kept::clear, encoders::close);
  }
}
