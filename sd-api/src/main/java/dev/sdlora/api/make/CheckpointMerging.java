package dev.sdlora.api.make;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.spi.MakingBackend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes one checkpoint of two or three, as A1111's checkpoint merger does: {@code A·(1−m) + B·m}
 * ("weighted sum") or {@code A + (B−C)·m} ("add difference"), with one multiplier m for all or one
 * for each block. All are of one family and size; only A may have more input channels, as
 * inpainting models and instruct-pix2pix do, and then keeps those beyond the first four as they
 * are.
 *
 * <p>Every tensor that A and B both have is merged, the VAE included; others are those of A, and
 * behind them what B has alone. At m = 0 a tensor is that of A, at m = 1 in a weighted sum that of
 * B, bit for bit unless the number format changes. The sum is rounded once, to float32 and to the
 * format of the file. A diffusers folder becomes a single file with the names of the original code
 * (CompVis', and Stability's sgm for SDXL), whose metadata and marks say what the settings of the
 * folder say of prediction and noise levels.
 *
 * <p>The recipe stands in the metadata as A1111 writes it, {@code sd_merge_recipe} and {@code
 * sd_merge_models}. Tensors are worked on in pieces, so that memory does not grow with the size of
 * the model. Setters return this object. Not safe for several threads.
 */
public final class CheckpointMerging {
  private static final double DEFAULT_MULTIPLIER = 0.5;

  private final Path a;
  private final Path b;
  private final Optional<Path> c;
  private double multiplier = DEFAULT_MULTIPLIER;
  private Optional<BlockWeights> blocks = Optional.empty();
  private Optional<NumberFormat> format = Optional.empty();
  private MakingListener listener = MakingListener.NONE;

  private CheckpointMerging(Path a, Path b, Optional<Path> c) {
    this.a = a;
    this.b = b;
    this.c = c;
  }

  /**
   * Mixes two checkpoints.
   *
   * @param a what there is of at multiplier 0; a file or a diffusers folder, as the others
   * @param b what there is of at multiplier 1
   * @return the merging, at multiplier 0.5
   */
  public static CheckpointMerging weightedSum(Path a, Path b) {
    Objects.requireNonNull(a, "a");
    Objects.requireNonNull(b, "b");
    return new CheckpointMerging(a, b, Optional.empty());
  }

  /**
   * Adds the difference of two checkpoints to a third: what B has learnt beyond C.
   *
   * @param a what the difference is added to
   * @param b the tuned one
   * @param c what B was tuned from
   * @return the merging, at multiplier 0.5
   */
  public static CheckpointMerging addDifference(Path a, Path b, Path c) {
    Objects.requireNonNull(a, "a");
    Objects.requireNonNull(b, "b");
    Objects.requireNonNull(c, "c");
    return new CheckpointMerging(a, b, Optional.of(c));
  }

  /**
   * Sets how much of B, or of the difference, is taken.
   *
   * @param multiplier default 0.5; below 0 and above 1 it exaggerates
   * @return this merging
   * @throws IllegalArgumentException if it is not finite
   */
  public CheckpointMerging multiplier(double multiplier) {
    if (!Double.isFinite(multiplier)) {
      throw new IllegalArgumentException("multiplier must be finite: " + multiplier);
    }
    this.multiplier = multiplier;
    return this;
  }

  /**
   * Sets the multiplier of each block in place of one for all. {@code BASE} is all outside the
   * U-Net; the time embedding goes with {@code IN00} and the last convolution with the last block,
   * as in the Merge Block Weighted extension.
   *
   * @param multipliers 26 values for SD 1.x and 2.x, 20 for SDXL, or another list or preset of
   *     {@link BlockWeights}
   * @return this merging
   */
  public CheckpointMerging blocks(BlockWeights multipliers) {
    this.blocks = Optional.of(Objects.requireNonNull(multipliers, "multipliers"));
    return this;
  }

  /**
   * Sets the number format of the file.
   *
   * @param format default: each tensor's in A, half precision for those of 8 bits
   * @return this merging
   */
  public CheckpointMerging fileFormat(NumberFormat format) {
    this.format = Optional.of(Objects.requireNonNull(format, "format"));
    return this;
  }

  /**
   * Sets who is told of every tensor.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this merging
   */
  public CheckpointMerging listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Merges, and writes a safetensors file.
   *
   * @param file with the ending {@code .safetensors}; an earlier one is replaced only when all is
   *     done
   * @return what was written
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     a file that is read, or the list of blocks is for another family
   * @throws CheckpointException if one cannot be read as a model, they do not fit together, or a
   *     number is too large for the format
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or cannot be written
   * @throws dev.sdlora.api.error.GenerationCancelledException if the thread is interrupted; no file
   *     is left behind
   */
  public CreatedCheckpoint write(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(MakingBackend.class)
        .mergeCheckpoints(
            new MakingBackend.MergeCheckpoints(a, b, c, multiplier, blocks, format),
            file,
            listener);
  }
}
