package dev.sdlora.api.make;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Merges two or three checkpoints into one, like A1111's checkpoint merger: {@code A·(1−m) + B·m}
 * ("weighted sum") or {@code A + (B−C)·m} ("add difference"), with one multiplier m for all weights
 * or one for each block. All checkpoints must have the same family and size; only A may have
 * additional input channels, as inpainting models and instruct-pix2pix do, and keeps those beyond
 * the first four unchanged.
 *
 * <p>Every tensor that both A and B have is merged, including those of the VAE; all other tensors
 * of A are copied, followed by those that only B has. At m = 0 a tensor equals that of A, and at m
 * = 1 in a weighted sum that of B, bit for bit unless the dtype changes. The sum is rounded once to
 * float32 and once to the dtype of the file. A diffusers folder becomes a single file with the
 * tensor names of the original code (CompVis', and Stability's sgm for SDXL); its metadata and
 * marker tensors express the folder's settings for prediction type and noise levels.
 *
 * <p>FLUX.2 klein and Z-Image are merged with the tensor names of their layout, which must be the
 * same in all checkpoints. The result is a single file with the networks that are in the file of
 * the transformer.
 *
 * <p>The metadata contains the recipe as A1111 writes it, {@code sd_merge_recipe} and {@code
 * sd_merge_models}. Tensors are processed in pieces, so memory does not grow with the size of the
 * model. Setters return this object. Not thread-safe.
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
   * Merges two checkpoints as a weighted sum.
   *
   * @param a the checkpoint that has full weight at multiplier 0; a file or a diffusers folder,
   *     like b
   * @param b the checkpoint that has full weight at multiplier 1
   * @return the merging, at multiplier 0.5
   */
  public static CheckpointMerging weightedSum(Path a, Path b) {
    Objects.requireNonNull(a, "a");
    Objects.requireNonNull(b, "b");
    return new CheckpointMerging(a, b, Optional.empty());
  }

  /**
   * Adds the difference of two checkpoints, what B has learned beyond C, to a third.
   *
   * @param a the checkpoint to add the difference to; a file or a diffusers folder, like the others
   * @param b the fine-tuned checkpoint
   * @param c the checkpoint that B was fine-tuned from
   * @return the merging, at multiplier 0.5
   */
  public static CheckpointMerging addDifference(Path a, Path b, Path c) {
    Objects.requireNonNull(a, "a");
    Objects.requireNonNull(b, "b");
    Objects.requireNonNull(c, "c");
    return new CheckpointMerging(a, b, Optional.of(c));
  }

  /**
   * Sets the share of B, or of the difference.
   *
   * @param multiplier default 0.5; values below 0 or above 1 extrapolate
   * @return this merging
   * @throws IllegalArgumentException if the multiplier is not finite
   */
  public CheckpointMerging multiplier(double multiplier) {
    if (!Double.isFinite(multiplier)) {
      throw new IllegalArgumentException("multiplier must be finite: " + multiplier);
    }
    this.multiplier = multiplier;
    return this;
  }

  /**
   * Sets a multiplier for each block, instead of one for all. {@code BASE} is everything outside
   * the U-Net, or outside the blocks of a transformer; the time embedding of a U-Net belongs to
   * {@code IN00} and the last convolution to the last block, as in the Merge Block Weighted
   * extension.
   *
   * @param multipliers 26 values for SD 1.x and 2.x, 20 for SDXL, 26 for FLUX.2 klein, 35 for
   *     Z-Image, or another list or preset of {@link BlockWeights}
   * @return this merging
   */
  public CheckpointMerging blocks(BlockWeights multipliers) {
    this.blocks = Optional.of(Objects.requireNonNull(multipliers, "multipliers"));
    return this;
  }

  /**
   * Sets the dtype of the file.
   *
   * @param format default: each tensor's dtype in A, half precision for quantised weights and 8-bit
   *     dtypes
   * @return this merging
   */
  public CheckpointMerging fileFormat(NumberFormat format) {
    this.format = Optional.of(Objects.requireNonNull(format, "format"));
    return this;
  }

  /**
   * Sets the listener, which is called after each tensor.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this merging
   */
  public CheckpointMerging listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Merges the checkpoints and writes a safetensors file.
   *
   * @param file the target, with the extension {@code .safetensors}; an existing file is replaced
   *     only when the new one is complete
   * @return a description of the written file
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     an input file, or the list of blocks is for another family
   * @throws CheckpointException if a file cannot be read as a model, the models do not fit
   *     together, or a number is too large for the dtype
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
