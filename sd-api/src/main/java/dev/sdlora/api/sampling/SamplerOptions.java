package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Checks;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The finer settings of sampling, under the names that A1111 has for them. A sampler or schedule
 * that has no use for one passes it over. Immutable; safe for several threads.
 */
public final class SamplerOptions {
  /** The settings of a request that sets none. */
  public static final SamplerOptions DEFAULTS = builder().build();

  private final Builder values;

  private SamplerOptions(Builder values) {
    this.values = values;
  }

  /** {@return a builder with the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these options} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /**
   * {@return how much fresh noise ancestral and SDE samplers add; empty for the sampler's own,
   * which is mostly 1}
   */
  public OptionalDouble eta() {
    return values.eta;
  }

  /** {@return how much fresh noise DDIM adds; empty for none} */
  public OptionalDouble etaDdim() {
    return values.etaDdim;
  }

  /** {@return how much noise is added back in each step} Default 0. */
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

  /** {@return the factor on noise that is added while sampling} Default 1. */
  public double sNoise() {
    return values.sNoise;
  }

  /**
   * {@return what is added to the seed for the noise behind the first; 0, the default, for one
   * unbroken stream}
   */
  public long ensd() {
    return values.ensd;
  }

  /**
   * {@return whether the last sigma but one is always left out} Default false: if the sampler wants
   * it.
   */
  public boolean discardNextToLastSigma() {
    return values.discardNextToLastSigma;
  }

  /**
   * {@return the sigma below which every other step skips the negative prompt} Default 0: none
   * does.
   */
  public double skipUncondBelowSigma() {
    return values.skipUncondBelowSigma;
  }

  /**
   * {@return how far guidance is scaled back to the contrast of the prompt's side} Default 0: not.
   */
  public double cfgRescale() {
    return values.cfgRescale;
  }

  /**
   * {@return whether noise levels are rescaled so that the last time step is pure noise} Default
   * false.
   */
  public boolean zeroTerminalSnr() {
    return values.zeroTerminalSnr;
  }

  /** {@return the smallest sigma of the schedule; empty, the default, for the model's} */
  public OptionalDouble sigmaMin() {
    return values.sigmaMin;
  }

  /** {@return the largest sigma of the schedule; empty, the default, for the model's} */
  public OptionalDouble sigmaMax() {
    return values.sigmaMax;
  }

  /**
   * {@return whether trailing times end at the model's lowest sigma and not at 0; empty for not}
   */
  public Optional<Boolean> endAtSigmaMin() {
    return values.endAtSigmaMin;
  }

  /**
   * {@return the bend of Karras and polyexponential schedules; empty, the default, for their own}
   */
  public OptionalDouble rho() {
    return values.rho;
  }

  /** {@return the first shape number of the beta schedule} Default 0.6. */
  public double betaAlpha() {
    return values.betaAlpha;
  }

  /** {@return the second shape number of the beta schedule} Default 0.6. */
  public double betaBeta() {
    return values.betaBeta;
  }

  /** {@return the order of multistep samplers; empty, the default, for the sampler's own} */
  public OptionalInt order() {
    return values.order;
  }

  /** {@return which B(h) UniPC uses} Default {@link UniPcVariant#BH1}. */
  public UniPcVariant uniPcVariant() {
    return values.uniPcVariant;
  }

  /** {@return whether the first noise is multiplied by √(1 + σ²) rather than σ} Default false. */
  public boolean sgmNoiseMultiplier() {
    return values.sgmNoiseMultiplier;
  }

  /**
   * {@return the factor on noise added to the image that img2img and hires fix start from} Default
   * 0.
   */
  public double extraNoise() {
    return values.extraNoise;
  }

  /**
   * The same with what a method of few steps needs.
   *
   * @param given whether these options are the caller's, so that what is set in them stays
   */
  SamplerOptions with(OptionalDouble etaDdim, Optional<Boolean> endAtSigmaMin, boolean given) {
    Builder builder = toBuilder();
    builder.etaDdim = given && values.etaDdim.isPresent() ? values.etaDdim : etaDdim;
    builder.endAtSigmaMin =
        given && values.endAtSigmaMin.isPresent() ? values.endAtSigmaMin : endAtSigmaMin;
    return builder.build();
  }

  /** Whether the other has the same options. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SamplerOptions options && values.state().equals(options.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** The options that differ from the defaults, such as {@code SamplerOptions[sChurn=5.0]}. */
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

  /** Collects options. Every setter checks its value at once. Not safe for several threads. */
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
    }

    /**
     * Sets how much fresh noise ancestral and SDE samplers add.
     *
     * @param eta from 0, for none, to 10. Default: the sampler's own, which is 1 unless its
     *     documentation says otherwise
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder eta(double eta) {
      this.eta = OptionalDouble.of(Checks.inRange(0, 10, eta, "eta"));
      return this;
    }

    /**
     * Sets how much fresh noise DDIM adds.
     *
     * @param eta from 0, the default, for none, to 1 for as much as DDPM
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder etaDdim(double eta) {
      this.etaDdim = OptionalDouble.of(Checks.inRange(0, 1, eta, "etaDdim"));
      return this;
    }

    /**
     * Sets how much noise Euler, Heun and DPM2 add back in each step (Karras et al. 2022, S_churn).
     *
     * @param churn from 0, the default, for none; usual up to 100
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder sChurn(double churn) {
      this.sChurn = Checks.notNegative(churn, "sChurn");
      return this;
    }

    /**
     * Sets the sigma below which {@link #sChurn} does nothing.
     *
     * @param sigma from 0, the default
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder sTmin(double sigma) {
      this.sTmin = Checks.notNegative(sigma, "sTmin");
      return this;
    }

    /**
     * Sets the sigma above which {@link #sChurn} does nothing. Default: no limit.
     *
     * @param sigma more than 0; as in A1111, 0 takes the limit away
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder sTmax(double sigma) {
      this.sTmax = setUnlessZero(Checks.notNegative(sigma, "sTmax"));
      return this;
    }

    /**
     * Sets the factor on noise that is added while sampling.
     *
     * @param factor from 0, which adds none. Default 1
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder sNoise(double factor) {
      this.sNoise = Checks.notNegative(factor, "sNoise");
      return this;
    }

    /**
     * Sets what is added to the seed for noise behind the first, A1111's "Eta noise seed delta".
     *
     * @param delta any number. Default 0: the noise goes on where the first ended. NovelAI's images
     *     need 31337
     * @return this builder
     */
    public Builder ensd(long delta) {
      this.ensd = delta;
      return this;
    }

    /**
     * Sets whether the last sigma but one is left out whatever the sampler.
     *
     * @param discard default false
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
     * @param sigma from 0, the default: no step does; usual up to 15
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder skipUncondBelowSigma(double sigma) {
      this.skipUncondBelowSigma = Checks.notNegative(sigma, "skipUncondBelowSigma");
      return this;
    }

    /**
     * Sets how far the guided prediction is scaled back to the standard deviation of the prompt's
     * side (Lin et al. 2023, section 3.4).
     *
     * @param share from 0, the default, not at all, to 1; 0.7 in the paper
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder cfgRescale(double share) {
      this.cfgRescale = Checks.inRange(0, 1, share, "cfgRescale");
      return this;
    }

    /**
     * Sets whether noise levels are rescaled to a zero signal-to-noise ratio at the last time step
     * (Lin et al. 2023, section 3.1), as models trained so need it.
     *
     * @param rescale default false
     * @return this builder
     */
    public Builder zeroTerminalSnr(boolean rescale) {
      this.zeroTerminalSnr = rescale;
      return this;
    }

    /**
     * Sets the smallest sigma of schedules that are built from one.
     *
     * @param sigma from 0; as in A1111, 0 stands for the model's, the default
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder sigmaMin(double sigma) {
      this.sigmaMin = setUnlessZero(Checks.notNegative(sigma, "sigmaMin"));
      return this;
    }

    /**
     * Sets the largest sigma of schedules that are built from one.
     *
     * @param sigma from 0; as in A1111, 0 stands for the model's, the default
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder sigmaMax(double sigma) {
      this.sigmaMax = setUnlessZero(Checks.notNegative(sigma, "sigmaMax"));
      return this;
    }

    /**
     * Sets whether {@link Schedule#TRAILING} ends at the lowest sigma that the model was trained
     * on, so that this much noise stays, and not at 0; diffusers says {@code
     * set_alpha_to_one=False} or {@code final_sigmas_type="sigma_min"}.
     *
     * @param end default false, but {@link FewSteps#PCM} sets it
     * @return this builder
     */
    public Builder endAtSigmaMin(boolean end) {
      this.endAtSigmaMin = Optional.of(end);
      return this;
    }

    /**
     * Sets rho of the Karras and polyexponential schedules.
     *
     * @param rho from 0; as in A1111, 0 stands for their own, 7 and 1, the default
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Builder rho(double rho) {
      this.rho = setUnlessZero(Checks.notNegative(rho, "rho"));
      return this;
    }

    /**
     * Sets the shape of the beta schedule.
     *
     * @param alpha more than 0, at most 2. Default 0.6
     * @param beta more than 0, at most 2. Default 0.6
     * @return this builder
     * @throws IllegalArgumentException if one is out of range
     */
    public Builder betaShape(double alpha, double beta) {
      this.betaAlpha = Checks.inRange(Double.MIN_VALUE, 2, alpha, "betaAlpha");
      this.betaBeta = Checks.inRange(Double.MIN_VALUE, 2, beta, "betaBeta");
      return this;
    }

    /**
     * Sets the order of LMS, DEIS and UniPC.
     *
     * @param order from 1 to 4. Default: the sampler's own (4, 3 and 3)
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder order(int order) {
      this.order = OptionalInt.of(Checks.inRange(1, 4, order, "order"));
      return this;
    }

    /**
     * Sets which B(h) UniPC uses.
     *
     * @param variant default {@link UniPcVariant#BH1}
     * @return this builder
     */
    public Builder uniPcVariant(UniPcVariant variant) {
      this.uniPcVariant = Objects.requireNonNull(variant, "variant");
      return this;
    }

    /**
     * Sets whether the first noise is multiplied by √(1 + σ²), as in Stability's SGM, rather than
     * by σ.
     *
     * @param sgm default false
     * @return this builder
     */
    public Builder sgmNoiseMultiplier(boolean sgm) {
      this.sgmNoiseMultiplier = sgm;
      return this;
    }

    /**
     * Sets the factor on noise added to the image that img2img and hires fix start from, A1111's
     * "Extra noise multiplier".
     *
     * @param factor from 0, the default, none, to 1
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder extraNoise(double factor) {
      this.extraNoise = Checks.inRange(0, 1, factor, "extraNoise");
      return this;
    }

    /**
     * Builds the options; the builder can be used further.
     *
     * @return the options
     * @throws IllegalStateException if a lower limit is above its upper one
     */
    public SamplerOptions build() {
      requireOrder("sigmaMin", sigmaMin, "sigmaMax", sigmaMax);
      requireOrder("sTmin", OptionalDouble.of(sTmin), "sTmax", sTmax);
      return new SamplerOptions(new Builder(this));
    }

    /** In A1111's settings 0 stands for what is not set. */
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
      return state;
    }
  }
}
