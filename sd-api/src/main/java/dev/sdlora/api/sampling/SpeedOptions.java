package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.SettingException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Options that trade exactness for speed. Each option changes images when it is on, and has no
 * effect on a single byte when it is off. All are off by default. docs/faster-images.md has
 * measurements of their speed and their effect on images. Immutable and thread-safe.
 */
public final class SpeedOptions {
  /** The default options: everything is off. */
  public static final SpeedOptions DEFAULTS = builder().build();

  private final GuidanceRange guidanceRange;
  private final int cacheInterval;
  private final int cacheBranchId;
  private final double tokenMergingRatio;
  private final int tokenMergingMaxDownsample;
  private final boolean exactBatches;
  private final OptionalInt batchSize;

  private SpeedOptions(Builder values) {
    guidanceRange = values.guidanceRange;
    cacheInterval = values.cacheInterval;
    cacheBranchId = values.cacheBranchId;
    tokenMergingRatio = values.tokenMergingRatio;
    tokenMergingMaxDownsample = values.tokenMergingMaxDownsample;
    exactBatches = values.exactBatches;
    batchSize = values.batchSize;
  }

  /** {@return a builder with everything off} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these options} */
  public Builder toBuilder() {
    Builder builder = builder();
    batchSize.ifPresent(builder::batchSize);
    return builder
        .exactBatches(exactBatches)
        .guidanceRange(guidanceRange)
        .cacheInterval(cacheInterval)
        .cacheBranchId(cacheBranchId)
        .tokenMergingRatio(tokenMergingRatio)
        .tokenMergingMaxDownsample(tokenMergingMaxDownsample);
  }

  /**
   * {@return the part of sampling in which guidance is active} Default {@link GuidanceRange#ALL}.
   */
  public GuidanceRange guidanceRange() {
    return guidanceRange;
  }

  /**
   * {@return the interval of full model calls; the calls between them run only the outermost
   * blocks} Default 1: all calls are full.
   */
  public int cacheInterval() {
    return cacheInterval;
  }

  /** {@return the depth of the blocks that run in all calls} Default 0, only the outermost. */
  public int cacheBranchId() {
    return cacheBranchId;
  }

  /** {@return the fraction of tokens merged before self-attention} Default 0. */
  public double tokenMergingRatio() {
    return tokenMergingRatio;
  }

  /**
   * {@return the largest downsampling factor, relative to the latent, of model levels in which
   * tokens are merged} Default 1: only the full resolution.
   */
  public int tokenMergingMaxDownsample() {
    return tokenMergingMaxDownsample;
  }

  /**
   * {@return whether each image of a request is byte-identical to the image generated alone}
   * Default true.
   */
  public boolean exactBatches() {
    return exactBatches;
  }

  /**
   * {@return the number of images generated together if {@link #exactBatches()} is off} Empty, the
   * default, to choose it by the size of the images.
   */
  public OptionalInt batchSize() {
    return batchSize;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SpeedOptions options && state().equals(options.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  @Override
  public String toString() {
    return "SpeedOptions" + state();
  }

  private List<Object> state() {
    return List.of(
        guidanceRange,
        cacheInterval,
        cacheBranchId,
        tokenMergingRatio,
        tokenMergingMaxDownsample,
        exactBatches,
        batchSize);
  }

  /** Builds the options. Each setter validates its argument. Not thread-safe. */
  public static final class Builder {
    private GuidanceRange guidanceRange = GuidanceRange.ALL;
    private int cacheInterval = 1;
    private int cacheBranchId;
    private double tokenMergingRatio;
    private int tokenMergingMaxDownsample = 1;
    private boolean exactBatches = true;
    private OptionalInt batchSize = OptionalInt.empty();

    private Builder() {}

    /**
     * Sets the part of sampling in which guidance is active. Outside of it the model follows only
     * the prompt, which takes half the time.
     *
     * @param range default {@link GuidanceRange#ALL}
     * @return this builder
     */
    public Builder guidanceRange(GuidanceRange range) {
      this.guidanceRange = Objects.requireNonNull(range, "range");
      return this;
    }

    /**
     * Sets the interval of full model calls. The calls between them run only the model's outermost
     * blocks and reuse the output of the deeper blocks from the last full call (Ma et al. 2024,
     * "DeepCache: Accelerating Diffusion Models for Free"). A call is also full if its inputs have
     * changed in kind since the last full call: another text, a negative prompt that was skipped
     * before, or other control units. The output of ControlNets is reused until the next full call,
     * and so is the output of deeper blocks under LoRAs whose strength changes. With samplers that
     * call the model twice per step, both calls count.
     *
     * @param interval 1 (all calls are full) to 1000; typical values are 2 to 5. Default 1
     * @return this builder
     * @throws IllegalArgumentException if the interval is out of range
     */
    public Builder cacheInterval(int interval) {
      this.cacheInterval = Checks.inRange(1, 1000, interval, "cacheInterval");
      return this;
    }

    /**
     * Sets the depth of the blocks that run in all calls: those outside one of the skip connections
     * between the down and the up blocks. The deeper it is, the less images change and the less
     * time is saved.
     *
     * @param branch 0 (only the outermost block) to the model's innermost connection: 11 for SD 1.x
     *     and 2.x, 8 for SDXL. Requests with a larger value fail. Default 0
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or more than 100
     */
    public Builder cacheBranchId(int branch) {
      this.cacheBranchId = Checks.inRange(0, 100, branch, "cacheBranchId");
      return this;
    }

    /**
     * Sets the fraction of tokens that are merged with the most similar tokens before
     * self-attention and share the result (Bolya and Hoffman 2023, "Token Merging for Fast Stable
     * Diffusion"); A1111's "Token merging ratio". As in A1111, the first token of each 2 × 2 block
     * absorbs others, without randomness. Larger images save more time.
     *
     * @param ratio 0 (none) to 0.9 as in A1111; at most three quarters of the tokens can be merged.
     *     Default 0
     * @return this builder
     * @throws IllegalArgumentException if the ratio is out of range
     */
    public Builder tokenMergingRatio(double ratio) {
      this.tokenMergingRatio = Checks.inRange(0, 0.9, ratio, "tokenMergingRatio");
      return this;
    }

    /**
     * Sets the levels of the model in which tokens are merged. A1111 supports only the default,
     * which has no effect with SDXL, because SDXL has no attention at the full resolution of the
     * latent.
     *
     * @param downsample the largest downsampling factor of a level relative to the latent: 1, 2, 4
     *     or 8. Default 1
     * @return this builder
     * @throws IllegalArgumentException if the factor is another number
     */
    public Builder tokenMergingMaxDownsample(int downsample) {
      Checks.inRange(1, 8, downsample, "tokenMergingMaxDownsample");
      if (Integer.bitCount(downsample) != 1) {
        throw new SettingException("tokenMergingMaxDownsample", "be 1, 2, 4 or 8", downsample);
      }
      this.tokenMergingMaxDownsample = downsample;
      return this;
    }

    /**
     * Sets whether each image of a request is byte-identical to the image generated alone. If not,
     * several images are generated together: a model call processes the latents of all of them, and
     * images differ from those generated alone by rounding. With DPM adaptive, images are still
     * generated one by one, because each has its own steps.
     *
     * @param exact default true
     * @return this builder
     */
    public Builder exactBatches(boolean exact) {
      this.exactBatches = exact;
      return this;
    }

    /**
     * Sets the number of images generated together if {@link #exactBatches} is off; A1111's "Batch
     * size". By default, as many images are generated together as one image of 1024 × 1024 pixels
     * would hold, so that they need no more memory than that image: with guidance, 2 images of 512
     * × 512 pixels or 8 of 256 × 256. The memory of a model call grows with the number.
     *
     * @param images 1 to 1000
     * @return this builder
     * @throws IllegalArgumentException if the number is out of range
     */
    public Builder batchSize(int images) {
      this.batchSize = OptionalInt.of(Checks.inRange(1, 1000, images, "batchSize"));
      return this;
    }

    /** {@return the range in which guidance acts} */
    public GuidanceRange guidanceRange() {
      return guidanceRange;
    }

    /**
     * Builds the options. The builder can be reused.
     *
     * @return the options
     */
    public SpeedOptions build() {
      return new SpeedOptions(this);
    }
  }
}
