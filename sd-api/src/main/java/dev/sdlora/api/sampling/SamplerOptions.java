package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Checks;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Advanced sampling settings, named as in A1111. Samplers and schedules ignore settings that they
 * do not use. Immutable and thread-safe.
 */
public final class SamplerOptions {
  /** The default settings. */
  public static final SamplerOptions DEFAULTS = builder().build();

  private final Builder values;

  private SamplerOptions(Builder values) {
    this.values = values;
  }

  /** {@return a builder with the default values documented on its setters} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these options} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /**
   * {@return the amount of fresh noise that ancestral and SDE samplers add; empty for the sampler's
   * default, which is mostly 1}
   */
  public OptionalDouble eta() {
    return values.eta;
  }

  /** {@return the amount of fresh noise that DDIM adds; empty for none} */
  public OptionalDouble etaDdim() {
    return values.etaDdim;
  }

  /** {@return the amount of noise that is added back in each step} Default 0. */
  public double sChurn() {
    return values.sChurn;
  }

  /** {@return the sigma below which no noise is added back} Default 0. */
  public double sTmin() {
    return values.sTmin;
  }

  /** {@return the sigma above which no noise is added back; empty, the default, for no limit} */
  public OptionalDouble sTmax() {
    return values.sTmax;
  }

  /** {@return the factor for noise added during sampling} Default 1. */
  public double sNoise() {
    return values.sNoise;
  }

  /**
   * {@return the number added to the seed for all noise after the initial noise; 0, the default,
   * for one continuous stream}
   */
  public long ensd() {
    return values.ensd;
  }

  /**
   * {@return whether the next-to-last sigma is always discarded} Default false: only for samplers
   * that need it.
   */
  public boolean discardNextToLastSigma() {
    return values.discardNextToLastSigma;
  }

  /**
   * {@return the sigma below which every other step skips the negative prompt} Default 0: no step
   * does.
   */
  public double skipUncondBelowSigma() {
    return values.skipUncondBelowSigma;
  }

  /**
   * {@return the strength of rescaling the guided prediction to the standard deviation of the
   * prompt's prediction, 0 to 1} Default 0: no rescaling.
   */
  public double cfgRescale() {
    return values.cfgRescale;
  }

  /**
   * {@return the limit of the guided prediction's length, as a multiple of the length of the
   * prompt's prediction} Default 0: no limit.
   */
  public double cfgNormalization() {
    return values.cfgNormalization;
  }

  /**
   * {@return whether noise levels are rescaled so that the last timestep is pure noise} Default
   * false.
   */
  public boolean zeroTerminalSnr() {
    return values.zeroTerminalSnr;
  }

  /** {@return the smallest sigma of the schedule; empty, the default, for the model's own} */
  public OptionalDouble sigmaMin() {
    return values.sigmaMin;
  }

  /** {@return the largest sigma of the schedule; empty, the default, for the model's own} */
  public OptionalDouble sigmaMax() {
    return values.sigmaMax;
  }

  /**
   * {@return whether {@link Schedule#TRAILING} ends at the model's lowest sigma instead of 0; empty
   * for the default, false}
   */
  public Optional<Boolean> endAtSigmaMin() {
    return values.endAtSigmaMin;
  }

  /**
   * {@return rho of the Karras and polyexponential schedules; empty, the default, for their own
   * values}
   */
  public OptionalDouble rho() {
    return values.rho;
  }

  /** {@return the parameter alpha of the beta schedule} Default 0.6. */
  public double betaAlpha() {
    return values.betaAlpha;
  }

  /** {@return the parameter beta of the beta schedule} Default 0.6. */
  public double betaBeta() {
    return values.betaBeta;
  }

  /** {@return the order of multistep samplers; empty, the default, for the sampler's own order} */
  public OptionalInt order() {
    return values.order;
  }

  /** {@return the function B(h) of UniPC} Default {@link UniPcVariant#BH1}. */
  public UniPcVariant uniPcVariant() {
    return values.uniPcVariant;
  }

  /** {@return whether the initial noise is multiplied by √(1 + σ²) instead of σ} Default false. */
  public boolean sgmNoiseMultiplier() {
    return values.sgmNoiseMultiplier;
  }

  /**
   * {@return the factor for extra noise added to the image that img2img and hires fix start from}
   * Default 0.
   */
  public double extraNoise() {
    return values.extraNoise;
  }

  /** {@return the shift of a flow model's schedule; empty, the default, for the model's own} */
  public OptionalDouble shift() {
    return values.shift;
  }

  /**
   * {@return the indices of the blocks that skip-layer guidance leaves out, in ascending order}
   * Default empty: no such guidance.
   */
  public List<Integer> skipLayers() {
    return values.skipLayers;
  }

  /** {@return the scale of skip-layer guidance} Default 2.8. */
  public double skipLayerScale() {
    return values.skipLayerScale;
  }

  /** {@return the fraction of the calls after which skip-layer guidance begins} Default 0.01. */
  public double skipLayerStart() {
    return values.skipLayerStart;
  }

  /** {@return the fraction of the calls at which skip-layer guidance ends} Default 0.2. */
  public double skipLayerEnd() {
    return values.skipLayerEnd;
  }

  /**
   * Returns a copy with the settings that a few-step method needs.
   *
   * @param given whether the caller set these options explicitly; explicit values win
   */
  SamplerOptions with(OptionalDouble etaDdim, Optional<Boolean> endAtSigmaMin, boolean given) {
    Builder builder = toBuilder();
    builder.etaDdim = given && values.etaDdim.isPresent() ? values.etaDdim : etaDdim;
    builder.endAtSigmaMin =
        given && values.endAtSigmaMin.isPresent() ? values.endAtSigmaMin : endAtSigmaMin;
    return builder.build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SamplerOptions options && values.state().equals(options.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /**
   * Returns the options that differ from the defaults, such as {@code SamplerOptions[sChurn=5.0]}.
   */
  @Override
  public String toString() {
    Map<String, Object> usual = new Builder().state();
    return values.state().entrySet().stream()
        .filter(option -> !option.getValue().equals(usual.get(option.getKey())))
        .map(SamplerOptions::shown)
        .collect(Collectors.joining(", ", "SamplerOptions[", "]"));
  }

  private static String shown(Map.Entry<String, Object> option) {
    Object value = option.getValue();
    if (value instanceof Optional<?> given && given.isPresent()) {
      value = given.get();
    }
    if (value instanceof OptionalDouble number && number.isPresent()) {
      value = number.getAsDouble();
    } else if (value instanceof OptionalInt number && number.isPresent()) {
      value = number.getAsInt();
    }
    return option.getKey() + "=" + value;
  }

  /** The function B(h) of UniPC, Zhao et al. 2023. */
  public enum UniPcVariant {
    /** B(h) = h. */
    BH1,
    /** B(h) = e^h - 1. */
    BH2
  }

  /** Builds the options. Each setter validates its argument. Not thread-safe. */
  public static final class Builder {
    private OptionalDouble eta = OptionalDouble.empty();
    private OptionalDouble etaDdim = OptionalDouble.empty();
    private double sChurn;
    private double sTmin;
    private OptionalDouble sTmax = OptionalDouble.empty();
    private double sNoise = 1;
    private long ensd;
    private boolean discardNextToLastSigma;
    private double skipUncondBelowSigma;
    private double cfgRescale;
    private double cfgNormalization;
    private boolean zeroTerminalSnr;
    private OptionalDouble sigmaMin = OptionalDouble.empty();
    private OptionalDouble sigmaMax = OptionalDouble.empty();
    private Optional<Boolean> endAtSigmaMin = Optional.empty();
    private OptionalDouble rho = OptionalDouble.empty();
    private double betaAlpha = 0.6;
    private double betaBeta = 0.6;
    private OptionalInt order = OptionalInt.empty();
    private UniPcVariant uniPcVariant = UniPcVariant.BH1;
    private boolean sgmNoiseMultiplier;
    private double extraNoise;
    private OptionalDouble shift = OptionalDouble.empty();
    private List<Integer> skipLayers = List.of();
    private double skipLayerScale = 2.8;
    private double skipLayerStart = 0.01;
    private double skipLayerEnd = 0.2;

    private Builder() {}

    private Builder(Builder other) {
      eta = other.eta;
      etaDdim = other.etaDdim;
      sChurn = other.sChurn;
      sTmin = other.sTmin;
      sTmax = other.sTmax;
      sNoise = other.sNoise;
      ensd = other.ensd;
      discardNextToLastSigma = other.discardNextToLastSigma;
      skipUncondBelowSigma = other.skipUncondBelowSigma;
      cfgRescale = other.cfgRescale;
      cfgNormalization = other.cfgNormalization;
      zeroTerminalSnr = other.zeroTerminalSnr;
      sigmaMin = other.sigmaMin;
      sigmaMax = other.sigmaMax;
      endAtSigmaMin = other.endAtSigmaMin;
      rho = other.rho;
      betaAlpha = other.betaAlpha;
      betaBeta = other.betaBeta;
      order = other.order;
      uniPcVariant = other.uniPcVariant;
      sgmNoiseMultiplier = other.sgmNoiseMultiplier;
      extraNoise = other.extraNoise;
      shift = other.shift;
      skipLayers = other.skipLayers;
      skipLayerScale = other.skipLayerScale;
      skipLayerStart = other.skipLayerStart;
      skipLayerEnd = other.skipLayerEnd;
    }

    /**
     * Sets the amount of fresh noise that ancestral and SDE samplers add.
     *
     * @param eta 0 (none) to 10. Default: the sampler's own value, which is 1 unless its
     *     documentation says otherwise
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder eta(double eta) {
      this.eta = OptionalDouble.of(Checks.inRange(0, 10, eta, "eta"));
      return this;
    }

    /**
     * Sets the amount of fresh noise that DDIM adds.
     *
     * @param eta 0 (none) to 1 (as much as DDPM). Default 0
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder etaDdim(double eta) {
      this.etaDdim = OptionalDouble.of(Checks.inRange(0, 1, eta, "etaDdim"));
      return this;
    }

    /**
     * Sets the amount of noise that Euler, Heun and DPM2 add back in each step (Karras et al. 2022,
     * S_churn).
     *
     * @param churn at least 0 (none); typical values are up to 100. Default 0
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public Builder sChurn(double churn) {
      this.sChurn = Checks.notNegative(churn, "sChurn");
      return this;
    }

    /**
     * Sets the sigma below which {@link #sChurn} has no effect.
     *
     * @param sigma at least 0. Default 0
     * @return this builder
     * @throws IllegalArgumentException if the sigma is negative or not finite
     */
    public Builder sTmin(double sigma) {
      this.sTmin = Checks.notNegative(sigma, "sTmin");
      return this;
    }

    /**
     * Sets the sigma above which {@link #sChurn} has no effect. Default: no limit.
     *
     * @param sigma more than 0; as in A1111, 0 means no limit
     * @return this builder
     * @throws IllegalArgumentException if the sigma is negative or not finite
     */
    public Builder sTmax(double sigma) {
      this.sTmax = setUnlessZero(Checks.notNegative(sigma, "sTmax"));
      return this;
    }

    /**
     * Sets the factor for noise added during sampling.
     *
     * @param factor at least 0 (no noise). Default 1
     * @return this builder
     * @throws IllegalArgumentException if the factor is negative or not finite
     */
    public Builder sNoise(double factor) {
      this.sNoise = Checks.notNegative(factor, "sNoise");
      return this;
    }

    /**
     * Sets the number added to the seed for all noise after the initial noise, A1111's "Eta noise
     * seed delta".
     *
     * @param delta any number; NovelAI's images need 31337. Default 0: all noise comes from one
     *     continuous stream
     * @return this builder
     */
    public Builder ensd(long delta) {
      this.ensd = delta;
      return this;
    }

    /**
     * Sets whether the next-to-last sigma is discarded for all samplers.
     *
     * @param discard default false: only for samplers that need it
     * @return this builder
     */
    public Builder discardNextToLastSigma(boolean discard) {
      this.discardNextToLastSigma = discard;
      return this;
    }

    /**
     * Sets the sigma below which every other step skips the negative prompt, A1111's "Negative
     * Guidance minimum sigma" (NGMS).
     *
     * @param sigma at least 0 (no step is affected); typical values are up to 15. Default 0
     * @return this builder
     * @throws IllegalArgumentException if the sigma is negative or not finite
     */
    public Builder skipUncondBelowSigma(double sigma) {
      this.skipUncondBelowSigma = Checks.notNegative(sigma, "skipUncondBelowSigma");
      return this;
    }

    /**
     * Sets the strength of rescaling the guided prediction to the standard deviation of the
     * prompt's prediction (Lin et al. 2023, section 3.4).
     *
     * @param share 0 (no rescaling) to 1; the paper uses 0.7. Default 0
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder cfgRescale(double share) {
      this.cfgRescale = Checks.inRange(0, 1, share, "cfgRescale");
      return this;
    }

    /**
     * Sets a limit for the length (Euclidean norm) of the guided prediction: a longer one is scaled
     * down to this multiple of the length of the prompt's prediction, which tames the colours of
     * strong guidance. It is {@code cfg_normalization} of Z-Image's authors and of diffusers.
     *
     * @param limit 0 (no limit) to 100; the authors use 1, if any. Default 0
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public Builder cfgNormalization(double limit) {
      this.cfgNormalization = Checks.inRange(0, 100, limit, "cfgNormalization");
      return this;
    }

    /**
     * Sets whether noise levels are rescaled to a zero signal-to-noise ratio at the last timestep
     * (Lin et al. 2023, section 3.1), which models trained with zero terminal SNR need.
     *
     * @param rescale default false
     * @return this builder
     */
    public Builder zeroTerminalSnr(boolean rescale) {
      this.zeroTerminalSnr = rescale;
      return this;
    }

    /**
     * Sets the smallest sigma of schedules that are computed from it.
     *
     * @param sigma at least 0; as in A1111, 0, the default, means the model's own
     * @return this builder
     * @throws IllegalArgumentException if the sigma is negative or not finite
     */
    public Builder sigmaMin(double sigma) {
      this.sigmaMin = setUnlessZero(Checks.notNegative(sigma, "sigmaMin"));
      return this;
    }

    /**
     * Sets the largest sigma of schedules that are computed from it.
     *
     * @param sigma at least 0; as in A1111, 0, the default, means the model's own
     * @return this builder
     * @throws IllegalArgumentException if the sigma is negative or not finite
     */
    public Builder sigmaMax(double sigma) {
      this.sigmaMax = setUnlessZero(Checks.notNegative(sigma, "sigmaMax"));
      return this;
    }

    /**
     * Sets whether {@link Schedule#TRAILING} ends at the lowest sigma that the model was trained on
     * instead of 0, so that this much noise remains; diffusers' {@code set_alpha_to_one=False} or
     * {@code final_sigmas_type="sigma_min"}.
     *
     * @param end default false, except with {@link FewSteps#PCM}
     * @return this builder
     */
    public Builder endAtSigmaMin(boolean end) {
      this.endAtSigmaMin = Optional.of(end);
      return this;
    }

    /**
     * Sets rho of the Karras and polyexponential schedules.
     *
     * @param rho at least 0; as in A1111, 0, the default, means the schedule's own value: 7 for
     *     Karras, 1 for polyexponential
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public Builder rho(double rho) {
      this.rho = setUnlessZero(Checks.notNegative(rho, "rho"));
      return this;
    }

    /**
     * Sets the parameters of the beta schedule.
     *
     * @param alpha more than 0, at most 2. Default 0.6
     * @param beta more than 0, at most 2. Default 0.6
     * @return this builder
     * @throws IllegalArgumentException if a value is out of range
     */
    public Builder betaShape(double alpha, double beta) {
      this.betaAlpha = Checks.inRange(Double.MIN_VALUE, 2, alpha, "betaAlpha");
      this.betaBeta = Checks.inRange(Double.MIN_VALUE, 2, beta, "betaBeta");
      return this;
    }

    /**
     * Sets the order of LMS, DEIS and UniPC.
     *
     * @param order 1 to 4. Default: the sampler's own order, 4 for LMS and 3 for DEIS and UniPC
     * @return this builder
     * @throws IllegalArgumentException if the order is out of range
     */
    public Builder order(int order) {
      this.order = OptionalInt.of(Checks.inRange(1, 4, order, "order"));
      return this;
    }

    /**
     * Sets the function B(h) of UniPC.
     *
     * @param variant default {@link UniPcVariant#BH1}
     * @return this builder
     */
    public Builder uniPcVariant(UniPcVariant variant) {
      this.uniPcVariant = Objects.requireNonNull(variant, "variant");
      return this;
    }

    /**
     * Sets whether the initial noise is multiplied by √(1 + σ²), as in Stability AI's code (SGM),
     * instead of σ.
     *
     * @param sgm default false
     * @return this builder
     */
    public Builder sgmNoiseMultiplier(boolean sgm) {
      this.sgmNoiseMultiplier = sgm;
      return this;
    }

    /**
     * Sets the factor for extra noise added to the image that img2img and hires fix start from,
     * A1111's "Extra noise multiplier".
     *
     * @param factor 0 (none) to 1. Default 0
     * @return this builder
     * @throws IllegalArgumentException if the factor is out of range
     */
    public Builder extraNoise(double factor) {
      this.extraNoise = Checks.inRange(0, 1, factor, "extraNoise");
      return this;
    }

    /**
     * Sets the shift of the schedule of a model that is a rectified flow, such as FLUX.2 or
     * Z-Image: it moves the noise levels from {@code t} to {@code shift·t / (1 + (shift - 1)·t)}. A
     * larger shift spends more steps at high noise. Other models refuse it.
     *
     * @param shift more than 0, at most 100; 1 does not move them. Default: the model's own, such
     *     as 3 for Z-Image-Turbo
     * @return this builder
     * @throws IllegalArgumentException if the shift is out of range
     */
    public Builder shift(double shift) {
      Checks.require(shift > 0 && shift <= 100, "shift", "be above 0 and at most 100", shift);
      this.shift = OptionalDouble.of(shift);
      return this;
    }

    /**
     * Sets the blocks of the transformer that skip-layer guidance leaves out. At each step between
     * {@link #skipLayerStart} and {@link #skipLayerEnd} the network predicts for the prompt once
     * more, without these blocks, and the image is pushed away from that: {@code (prompt - skipped)
     * · scale} is added to the guided prediction. It improves the anatomy and structure of Stable
     * Diffusion 3.5 Medium, for which Stability AI recommends the blocks 7, 8 and 9. Only Stable
     * Diffusion 3 and 3.5 have such blocks; a request to another model is refused.
     *
     * @param layers indices, 0 for the first block; the order has no effect. Default none: no such
     *     guidance
     * @return this builder
     * @throws IllegalArgumentException if an index is negative or above 999
     */
    public Builder skipLayers(List<Integer> layers) {
      Objects.requireNonNull(layers, "layers");
      Checks.require(
          layers.stream().allMatch(layer -> layer >= 0 && layer <= 999),
          "skipLayers",
          "be from 0 to 999",
          layers);
      this.skipLayers = layers.stream().distinct().sorted().toList();
      return this;
    }

    /**
     * Sets the blocks of the transformer that skip-layer guidance leaves out; see {@link
     * #skipLayers(List)}.
     *
     * @param layers indices, such as 7, 8, 9; none for no such guidance
     * @return this builder
     * @throws IllegalArgumentException if an index is negative or above 999
     */
    public Builder skipLayers(int... layers) {
      Objects.requireNonNull(layers, "layers");
      return skipLayers(Arrays.stream(layers).boxed().toList());
    }

    /**
     * Sets the scale of skip-layer guidance. It has no effect without {@link #skipLayers(List)}.
     *
     * @param scale 0 (no such guidance) to 100. Default 2.8
     * @return this builder
     * @throws IllegalArgumentException if the scale is out of range
     */
    public Builder skipLayerScale(double scale) {
      this.skipLayerScale = Checks.inRange(0, 100, scale, "skipLayerScale");
      return this;
    }

    /**
     * Sets the start of skip-layer guidance.
     *
     * @param start the fraction of the model calls after which it begins, 0 to 1. A call has it if
     *     the fraction made before is larger, so any start above 0 excludes the first call. Default
     *     0.01
     * @return this builder
     * @throws IllegalArgumentException if the fraction is out of range
     */
    public Builder skipLayerStart(double start) {
      this.skipLayerStart = Checks.inRange(0, 1, start, "skipLayerStart");
      return this;
    }

    /**
     * Sets the end of skip-layer guidance.
     *
     * @param end the fraction of the model calls at which it ends, from the start to 1; at 1 it
     *     never ends. Default 0.2
     * @return this builder
     * @throws IllegalArgumentException if the fraction is out of range
     */
    public Builder skipLayerEnd(double end) {
      this.skipLayerEnd = Checks.inRange(0, 1, end, "skipLayerEnd");
      return this;
    }

    /** {@return the first parameter of the beta schedule} */
    public double betaAlpha() {
      return betaAlpha;
    }

    /** {@return the second parameter of the beta schedule} */
    public double betaBeta() {
      return betaBeta;
    }

    /**
     * Builds the options. The builder can be reused.
     *
     * @return the options
     * @throws IllegalStateException if a lower limit is not below its upper limit
     */
    public SamplerOptions build() {
      requireOrder("sigmaMin", sigmaMin, "sigmaMax", sigmaMax);
      requireOrder("sTmin", OptionalDouble.of(sTmin), "sTmax", sTmax);
      if (skipLayerStart > skipLayerEnd) {
        throw new IllegalStateException(
            "skipLayerStart must not be above skipLayerEnd: "
                + skipLayerStart
                + ", "
                + skipLayerEnd);
      }
      return new SamplerOptions(new Builder(this));
    }

    /** Returns empty for 0, which means "not set" in A1111's settings. */
    private static OptionalDouble setUnlessZero(double value) {
      return value == 0 ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static void requireOrder(
        String low, OptionalDouble least, String high, OptionalDouble most) {
      if (least.isPresent() && most.isPresent() && least.getAsDouble() >= most.getAsDouble()) {
        throw new IllegalStateException(
            low
                + " must be below "
                + high
                + ": "
                + least.getAsDouble()
                + ", "
                + most.getAsDouble());
      }
    }

    private Map<String, Object> state() {
      Map<String, Object> state = new LinkedHashMap<>();
      state.put("eta", eta);
      state.put("etaDdim", etaDdim);
      state.put("sChurn", sChurn);
      state.put("sTmin", sTmin);
      state.put("sTmax", sTmax);
      state.put("sNoise", sNoise);
      state.put("ensd", ensd);
      state.put("discardNextToLastSigma", discardNextToLastSigma);
      state.put("skipUncondBelowSigma", skipUncondBelowSigma);
      state.put("cfgRescale", cfgRescale);
      state.put("cfgNormalization", cfgNormalization);
      state.put("zeroTerminalSnr", zeroTerminalSnr);
      state.put("sigmaMin", sigmaMin);
      state.put("sigmaMax", sigmaMax);
      state.put("endAtSigmaMin", endAtSigmaMin);
      state.put("rho", rho);
      state.put("betaAlpha", betaAlpha);
      state.put("betaBeta", betaBeta);
      state.put("order", order);
      state.put("uniPcVariant", uniPcVariant);
      state.put("sgmNoiseMultiplier", sgmNoiseMultiplier);
      state.put("extraNoise", extraNoise);
      state.put("shift", shift);
      state.put("skipLayers", skipLayers);
      state.put("skipLayerScale", skipLayerScale);
      state.put("skipLayerStart", skipLayerStart);
      state.put("skipLayerEnd", skipLayerEnd);
      return state;
    }
  }
}
