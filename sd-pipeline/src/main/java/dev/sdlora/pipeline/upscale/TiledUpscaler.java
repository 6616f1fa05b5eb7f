package dev.sdlora.pipeline.upscale;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.families.checkpoint.auxiliary.UpscalerReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.upscaler.UpscalerConfig;
import dev.sdlora.families.network.upscaler.UpscalerNet;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * An upscaler network. A pixel of the result depends on the pixels around it, less and less with
 * their distance; so pieces with a margin are enlarged one after another, and their margins are
 * cropped.
 */
public final class TiledUpscaler implements UpscalerNetwork {
  /** The network reads at most 224 × 224 pixels at once, which takes 0.8 GB at factor 4. */
  private static final int PIECE = 192;

  private static final int MARGIN = 16;

  /** Maximum number of pixels that the network reads at once. */
  public static final int MOST_SEEN = (PIECE + 2 * MARGIN) * (PIECE + 2 * MARGIN);

  private final String name;
  private final Torch torch;
  private final LiveWeights weights;
  private final UpscalerNet network;
  private final int factor;
  private final int piece;
  private final int margin;
  private volatile boolean closed;

  private TiledUpscaler(
      NetworkFile<UpscalerConfig> read, LiveWeights weights, Torch torch, int piece, int margin) {
    this.name = read.name();
    this.torch = torch;
    this.weights = weights;
    this.network = UpscalerNet.of(torch, read.config(), weights);
    this.factor = read.config().factor();
    this.piece = piece;
    this.margin = margin;
  }

  /**
   * Loads an upscaler.
   *
   * @param file see {@link UpscalerNetwork#open}
   * @param torch its native memory, which it closes, even if loading fails
   */
  public static TiledUpscaler open(Path file, Torch torch) {
    return open(file, torch, PIECE, MARGIN);
  }

  /** Loads an upscaler with another piece size; sizes are multiples of 4 pixels. */
  static TiledUpscaler open(Path file, Torch torch, int piece, int margin) {
    try {
      NetworkFile<UpscalerConfig> read = UpscalerReader.read(file);
      LiveWeights weights =
          LiveWeights.load(torch, new TensorLoader(torch), read.weights(), ScalarType.FLOAT32);
      return new TiledUpscaler(read, weights, torch, piece, margin);
    } catch (RuntimeException | Error e) {
      torch.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int factor() {
    return factor;
  }

  @Override
  public Image upscale(Image image, DoubleConsumer progress) {
    return upscale(Raster.of(image), progress).toImage();
  }

  /**
   * Enlarges a three-channel image.
   *
   * @param image the image
   * @param progress receives the share that is done; may throw to abort the work
   * @throws ResourceException if the result would exceed the largest possible image
   */
  public Raster upscale(Raster image, DoubleConsumer progress) {
    long pixels = (long) factor * image.width() * factor * image.height();
    if (pixels > Image.MAX_PIXELS) {
      throw new ResourceException(
          ResourceException.Resource.PIXELS,
          "upscaler '%s' would enlarge %sx%s pixels by a factor of %s to %s pixels; the maximum is %s"
              .formatted(name, image.width(), image.height(), factor, pixels, Image.MAX_PIXELS),
          pixels,
          Image.MAX_PIXELS);
    }
    Raster result = Raster.filled(factor * image.width(), factor * image.height(), 3, 0);
    List<Section> across = Section.cut(image.width(), piece, margin);
    List<Section> down = Section.cut(image.height(), piece, margin);
    int done = 0;
    for (Section rows : down) {
      for (Section columns : across) {
        progress.accept((double) done++ / (across.size() * down.size()));
        float[] planes = enlarge(planes(image, columns, rows), columns.seen(), rows.seen());
        write(planes, columns, rows, result);
      }
    }
    return result;
  }

  private float[] enlarge(float[] planes, int width, int height) {
    if (closed) {
      throw new IllegalStateException("the upscaler '" + name + "' is closed");
    }
    try (NDManager scope = torch.scope();
        NDArray pixels = Torch.floats(scope, planes, 1, 3, height, width)) {
      return network.enlarge(pixels, scope).toFloatArray();
    }
  }

  /** Returns the pixels that the network reads, as [3][rows][columns] from 0 to 1. */
  private static float[] planes(Raster image, Section columns, Section rows) {
    int plane = columns.seen() * rows.seen();
    float[] planes = new float[3 * plane];
    for (int i = 0; i < planes.length; i++) {
      int y = rows.seenFrom() + i % plane / columns.seen();
      int x = columns.seenFrom() + i % columns.seen();
      planes[i] = image.level(3 * (y * image.width() + x) + i / plane) / 255f;
    }
    return planes;
  }

  /** Writes a piece without its margins. */
  private void write(float[] planes, Section columns, Section rows, Raster target) {
    int width = factor * columns.seen();
    int plane = width * factor * rows.seen();
    int left = factor * (columns.from() - columns.seenFrom());
    int top = factor * (rows.from() - rows.seenFrom());
    for (int y = 0; y < factor * rows.length(); y++) {
      int next = 3 * ((factor * rows.from() + y) * target.width() + factor * columns.from());
      for (int x = 0; x < factor * columns.length(); x++) {
        for (int colour = 0; colour < 3; colour++) {
          target.samples()[next++] = level(planes[colour * plane + (top + y) * width + left + x]);
        }
      }
    }
  }

  private static byte level(float value) {
    return (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      weights.close();
      torch.close();
    }
  }
}
