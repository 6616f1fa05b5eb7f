package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.SettingException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is left out or done at once to be faster. Each changes images, and each is exact when off:
 * the same bytes as without it. Nothing is on by default. What they save and change was measured in
 * docs/faster-images.md. Immutable; safe for several threads.
 */
public final class SpeedOptions {
  /** Nothing is left out. */
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

  /** {@return where guidance acts} Default {@link GuidanceRange#ALL}. */
  public GuidanceRange guidanceRange() {
    return guidanceRange;
  }

  /**
   * {@return every how many calls the model runs as a whole, and not its outermost blocks alone}
   * Default 1: in all.
   */
  public int cacheInterval() {
    return cacheInterval;
  }

  /** {@return how far in the blocks lie that run in the other calls} Default 0, the outermost. */
  public int cacheBranchId() {
    return cacheBranchId;
  }

  /** {@return the share of tokens that are merged for self-attention} Default 0. */
  public double tokenMergingRatio() {
    return tokenMergingRatio;
  }

  /**
   * {@return how much smaller than the latent the sides of a level may be for tokens to be merged
   * in it} Default 1: the full size alone.
   */
  public int tokenMergingMaxDownsample() {
    return tokenMergingMaxDownsample;
  }

  /**
   * {@return whether each image of a request has the bytes that it has when it is made alone}
   * Default true.
   */
  public boolean exactBatches() {
    return exactBatches;
  }

  /** {@return how many images are drawn together without that} Empty by default: by their size. */
  public OptionalInt batchSize() {
    return batchSize;
  }

  /** Whether the other has the same options. */
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

  /** Collects options. Not safe for several threads. */
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
     * Sets where guidance acts; outside, the model draws by the prompt alone, in half of the time.
     *
     * @param range default {@link GuidanceRange#ALL}
     * @return this builder
     */
    public Builder guidanceRange(GuidanceRange range) {
      this.guidanceRange = Objects.requireNonNull(range, "range");
      return this;
    }

    /**
     * Sets every how many calls the model runs as a whole. In the others its outermost blocks alone
     * run, with what lay deeper in the last whole one (Ma et al. 2024, "DeepCache: Accelerating
     * Diffusion Models for Free"). A call that asks something else than the last whole one is whole
     * too: with another text, the negative side that was left out, or other control units. What
     * ControlNets said then stays until the next whole call, and so does what is deep under LoRAs
     * whose strength changes. Samplers that call the model twice in a step count both calls.
     *
     * @param interval from 1, the default, for all calls, to 1000; usual are 2 to 5
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder cacheInterval(int interval) {
      this.cacheInterval = Checks.inRange(1, 1000, interval, "cacheInterval");
      return this;
    }

    /**
     * Sets how much of the model runs between whole calls: all that lies outside of one of the
     * connections from its way down to its way up. The further in, the less images change, and the
     * less is saved.
     *
     * @param branch from 0, the default, which leaves one block to run, to the model's innermost:
     *     11 with SD 1.x and 2.x, 8 with SDXL. Requests with more fail
     * @return this builder
     * @throws IllegalArgumentException if it is negative or more than 100
     */
    public Builder cacheBranchId(int branch) {
      this.cacheBranchId = Checks.inRange(0, 100, branch, "cacheBranchId");
      return this;
    }

    /**
     * Sets the share of tokens that are merged with those most like them before self-attention, and
     * get their answers back (Bolya and Hoffman 2023, "Token Merging for Fast Stable Diffusion");
     * A1111's "Token merging ratio". As there, the first token of each 2 × 2 takes others in,
     * without any chance. The larger an image, the more time is saved.
     *
     * @param ratio from 0, the default, for none, to 0.9 as in A1111; three quarters of the tokens
     *     are the most that can be merged
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder tokenMergingRatio(double ratio) {
      this.tokenMergingRatio = Checks.inRange(0, 0.9, ratio, "tokenMergingRatio");
      return this;
    }

    /**
     * Sets in which levels of the model tokens are merged. A1111 knows the default only, with which
     * nothing changes with SDXL, as it has no attention in the full size of the latent.
     *
     * @param downsample how much smaller than the latent the sides of a level may be: 1, the
     *     default, 2, 4 or 8
     * @return this builder
     * @throws IllegalArgumentException if it is another number
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
     * Sets whether each image of a request has the bytes that it has when it is made alone. If it
     * need not, several are drawn together: a call of the model works on the latents of all, and
     * images differ from those made alone by rounding. With DPM adaptive they are still drawn one
     * after another, since each finds its own steps.
     *
     * @param exact default true
     * @return this builder
     */
    public Builder exactBatches(boolean exact) {
      this.exactBatches = exact;
      return this;
    }

    /**
     * Sets how many images are drawn together where {@link #exactBatches} is off; A1111's "Batch
     * size". Without it there are as many as one of 1024 × 1024 pixels would hold, so that memory
     * stays within what that one takes: with guidance 2 of 512 × 512, 8 of 256 × 256. The memory of
     * a call grows with the number.
     *
     * @param pictures from 1 to 1000
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder batchSize(int pictures) {
      this.batchSize = OptionalInt.of(Checks.inRange(1, 1000, pictures, "batchSize"));
      return this;
    }

    /**
     * Builds the options; the builder can be used further.
     *
     * @return the options
     */
    public SpeedOptions build() {
      return new SpeedOptions(this);
    }
  }
}
