package dev.sdlora.api.setting;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.api.setting.Door.INFOTEXT;
import static dev.sdlora.api.setting.Door.JSON;
import static dev.sdlora.api.setting.Values.FLAG;
import static dev.sdlora.api.setting.Values.FRACTION;
import static dev.sdlora.api.setting.Values.NOT_NEGATIVE;
import static dev.sdlora.api.setting.Values.boxed;

import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.api.sampling.SpeedOptions;
import java.util.Optional;

/** The settings of {@link SamplerOptions} and {@link SpeedOptions}. */
final class SamplingSettings {
  private static final int LAST_BLOCK = 999;

  static final Group<SamplerOptions, SamplerOptions.Builder> SAMPLER =
      Group.of(
              SamplerOptions.class,
              required -> SamplerOptions.builder(),
              SamplerOptions::toBuilder,
              SamplerOptions.Builder::build)
          .optional(
              "eta",
              Kind.number(0, 10),
              "Eta of ancestral and SDE samplers, the fresh noise per step.",
              o -> boxed(o.eta()),
              SamplerOptions.Builder::eta)
          .unset("the sampler's own, usually 1")
          .optional(
              "etaDdim",
              FRACTION,
              "Eta of DDIM, the fresh noise per step.",
              o -> boxed(o.etaDdim()),
              SamplerOptions.Builder::etaDdim)
          .named(INFOTEXT, "Eta DDIM")
          .unset("0")
          .with(
              "sChurn",
              NOT_NEGATIVE,
              "Noise that Euler, Heun and DPM2 add back in each step.",
              SamplerOptions::sChurn,
              SamplerOptions.Builder::sChurn)
          .named(INFOTEXT, "Sigma churn")
          .with(
              "sTmin",
              NOT_NEGATIVE,
              "Lowest sigma at which noise is added back.",
              SamplerOptions::sTmin,
              SamplerOptions.Builder::sTmin)
          .named(INFOTEXT, "Sigma tmin")
          .unit("SIGMA")
          .optional(
              "sTmax",
              NOT_NEGATIVE,
              "Highest sigma at which noise is added back.",
              o -> boxed(o.sTmax()),
              SamplerOptions.Builder::sTmax)
          .named(INFOTEXT, "Sigma tmax")
          .unset("0, no limit")
          .unit("SIGMA")
          .with(
              "sNoise",
              NOT_NEGATIVE,
              "Factor on noise added while sampling.",
              SamplerOptions::sNoise,
              SamplerOptions.Builder::sNoise)
          .named(INFOTEXT, "Sigma noise")
          .unit("FACTOR")
          .with(
              "ensd",
              Kind.wholeLong(),
              "Eta noise seed delta: added to the seed for all noise after the initial noise.",
              SamplerOptions::ensd,
              SamplerOptions.Builder::ensd)
          .named(INFOTEXT, "ENSD")
          .named(JSON, "eta_noise_seed_delta")
          .with(
              "discardNextToLastSigma",
              FLAG,
              "Always discard the next-to-last sigma.",
              SamplerOptions::discardNextToLastSigma,
              SamplerOptions.Builder::discardNextToLastSigma)
          .named(INFOTEXT, "Discard penultimate sigma")
          .named(JSON, "always_discard_next_to_last_sigma")
          .with(
              "skipUncondBelowSigma",
              NOT_NEGATIVE,
              "Sigma below which every other step skips the negative prompt.",
              SamplerOptions::skipUncondBelowSigma,
              SamplerOptions.Builder::skipUncondBelowSigma)
          .named(INFOTEXT, "NGMS")
          .named(COMMAND_LINE, "--ngms")
          .named(JSON, "s_min_uncond")
          .unit("SIGMA")
          .with(
              "cfgRescale",
              FRACTION,
              "CFG rescale: how far guidance is scaled back to the contrast of the prompt's"
                  + " prediction.",
              SamplerOptions::cfgRescale,
              SamplerOptions.Builder::cfgRescale)
          .named(INFOTEXT, "CFG Rescale")
          .with(
              "cfgNormalization",
              Kind.number(0, 100),
              "CFG normalization: the most length of the guided prediction, as a multiple of that"
                  + " of the prompt's, as in Z-Image's code; 0 for no limit.",
              SamplerOptions::cfgNormalization,
              SamplerOptions.Builder::cfgNormalization)
          .named(INFOTEXT, "CFG Normalization")
          .with(
              "zeroTerminalSnr",
              FLAG,
              "Rescale noise levels so that the last timestep is pure noise.",
              SamplerOptions::zeroTerminalSnr,
              SamplerOptions.Builder::zeroTerminalSnr)
          .named(INFOTEXT, "Noise Schedule")
          .named(JSON, "sd_noise_schedule")
          .optional(
              "sigmaMin",
              NOT_NEGATIVE,
              "Smallest sigma of the schedule.",
              o -> boxed(o.sigmaMin()),
              SamplerOptions.Builder::sigmaMin)
          .named(INFOTEXT, "Schedule min sigma")
          .unset("the model's own")
          .unit("SIGMA")
          .optional(
              "sigmaMax",
              NOT_NEGATIVE,
              "Largest sigma of the schedule.",
              o -> boxed(o.sigmaMax()),
              SamplerOptions.Builder::sigmaMax)
          .named(INFOTEXT, "Schedule max sigma")
          .unset("the model's own")
          .unit("SIGMA")
          .optional(
              "endAtSigmaMin",
              FLAG,
              "With the Trailing schedule, end at the model's lowest sigma instead of 0.",
              SamplerOptions::endAtSigmaMin,
              SamplerOptions.Builder::endAtSigmaMin)
          .optional(
              "rho",
              NOT_NEGATIVE,
              "Rho, the curvature of Karras and polyexponential schedules.",
              o -> boxed(o.rho()),
              SamplerOptions.Builder::rho)
          .named(INFOTEXT, "Schedule rho")
          .unset("the schedule's own")
          .with(
              "betaAlpha",
              Kind.number(Double.MIN_VALUE, 2),
              "Alpha of the beta schedule.",
              SamplerOptions::betaAlpha,
              (b, alpha) -> b.betaShape(alpha, b.betaBeta()))
          .named(INFOTEXT, "Beta schedule alpha")
          .named(JSON, "beta_dist_alpha")
          .with(
              "betaBeta",
              Kind.number(Double.MIN_VALUE, 2),
              "Beta of the beta schedule.",
              SamplerOptions::betaBeta,
              (b, beta) -> b.betaShape(b.betaAlpha(), beta))
          .named(INFOTEXT, "Beta schedule beta")
          .named(JSON, "beta_dist_beta")
          .optional(
              "order",
              Kind.whole(1, 4),
              "Order of LMS, DEIS and UniPC.",
              o -> boxed(o.order()),
              SamplerOptions.Builder::order)
          .named(INFOTEXT, "Solver order")
          .unset("the sampler's own")
          .with(
              "uniPcVariant",
              Kind.constant(UniPcVariant.class),
              "UniPC variant, the choice of B(h).",
              SamplerOptions::uniPcVariant,
              SamplerOptions.Builder::uniPcVariant)
          .named(INFOTEXT, "UniPC variant")
          .named(COMMAND_LINE, "--unipc-variant")
          .with(
              "sgmNoiseMultiplier",
              FLAG,
              "Scale the initial noise as Stability's SGM does.",
              SamplerOptions::sgmNoiseMultiplier,
              SamplerOptions.Builder::sgmNoiseMultiplier)
          .named(INFOTEXT, "SGM noise multiplier")
          .named(COMMAND_LINE, "--sgm-noise")
          .with(
              "extraNoise",
              FRACTION,
              "Factor on extra noise in image-to-image and hires fix.",
              SamplerOptions::extraNoise,
              SamplerOptions.Builder::extraNoise)
          .named(JSON, "img2img_extra_noise")
          .optional(
              "shift",
              Kind.number(Double.MIN_VALUE, 100),
              "Shift of a flow model's schedule; above 1 spends more steps at high noise.",
              o -> boxed(o.shift()),
              SamplerOptions.Builder::shift)
          .unset("the model's own")
          .with(
              "skipLayers",
              Kind.list(Kind.whole(0, LAST_BLOCK)),
              "Skip-layer guidance of Stable Diffusion 3 and 3.5: push the image away from what the"
                  + " model draws without these blocks, such as 7,8,9 for 3.5 Medium.",
              SamplerOptions::skipLayers,
              (b, layers) -> b.skipLayers(layers))
          .with(
              "skipLayerScale",
              Kind.number(0, 100),
              "Scale of skip-layer guidance.",
              SamplerOptions::skipLayerScale,
              SamplerOptions.Builder::skipLayerScale)
          .needs("skipLayers")
          .with(
              "skipLayerStart",
              FRACTION,
              "Fraction of the steps after which skip-layer guidance begins.",
              SamplerOptions::skipLayerStart,
              SamplerOptions.Builder::skipLayerStart)
          .needs("skipLayers")
          .with(
              "skipLayerEnd",
              FRACTION,
              "Fraction of the steps at which skip-layer guidance ends.",
              SamplerOptions::skipLayerEnd,
              SamplerOptions.Builder::skipLayerEnd)
          .needs("skipLayers")
          .group();

  /** The limits of a range while they are set one by one. */
  static final class RangeLimits {
    private double start = GuidanceRange.ALL.start();
    private double end = GuidanceRange.ALL.end();
    private double sigmaMin = GuidanceRange.ALL.sigmaMin();
    private double sigmaMax = GuidanceRange.ALL.sigmaMax();

    private static RangeLimits of(GuidanceRange range) {
      RangeLimits limits = new RangeLimits();
      limits.start = range.start();
      limits.end = range.end();
      limits.sigmaMin = range.sigmaMin();
      limits.sigmaMax = range.sigmaMax();
      return limits;
    }

    private GuidanceRange range() {
      return new GuidanceRange(start, end, sigmaMin, sigmaMax);
    }
  }

  static final Group<GuidanceRange, RangeLimits> GUIDANCE_RANGE =
      Group.of(
              GuidanceRange.class,
              required -> new RangeLimits(),
              RangeLimits::of,
              RangeLimits::range)
          .with(
              "start",
              FRACTION,
              "Fraction of the steps after which guidance begins.",
              GuidanceRange::start,
              (limits, start) -> limits.start = start)
          .named(INFOTEXT, "Skip Early CFG")
          .named(COMMAND_LINE, "--guidance-range")
          .described(
              COMMAND_LINE,
              "Apply guidance only within this part of the steps, as fractions; the other steps"
                  + " take half the time.")
          .unit("START")
          .with(
              "end",
              FRACTION,
              "Fraction of the steps at which guidance ends.",
              GuidanceRange::end,
              (limits, end) -> limits.end = end)
          .named(INFOTEXT, "Guidance end")
          .named(COMMAND_LINE, "--guidance-range")
          .unit("END")
          .with(
              "sigmaMin",
              NOT_NEGATIVE,
              "Lowest sigma with guidance.",
              GuidanceRange::sigmaMin,
              (limits, sigma) -> limits.sigmaMin = sigma)
          .named(INFOTEXT, "Guidance min sigma")
          .named(COMMAND_LINE, "--guidance-sigmas")
          .described(COMMAND_LINE, "Apply guidance only between two sigmas, such as 0.28,5.42.")
          .unit("LOW")
          .optional(
              "sigmaMax",
              NOT_NEGATIVE,
              "Highest sigma with guidance.",
              range -> Optional.of(range.sigmaMax()).filter(Double::isFinite),
              (limits, sigma) -> limits.sigmaMax = sigma)
          .named(INFOTEXT, "Guidance max sigma")
          .named(COMMAND_LINE, "--guidance-sigmas")
          .unset("all")
          .unit("HIGH")
          .group();

  static final Group<SpeedOptions, SpeedOptions.Builder> SPEED =
      Group.of(
              SpeedOptions.class,
              required -> SpeedOptions.builder(),
              SpeedOptions::toBuilder,
              SpeedOptions.Builder::build)
          .with(
              "guidanceRange",
              Kind.object(GUIDANCE_RANGE),
              "Part of sampling in which guidance is active; other steps take half the time.",
              SpeedOptions::guidanceRange,
              (b, range) -> b.guidanceRange(range))
          .without(INFOTEXT, "each of its settings has one")
          .without(COMMAND_LINE, "each of its settings has one")
          .with(
              "cacheInterval",
              Kind.whole(1, 1000),
              "DeepCache: run the whole model in every N-th model call only, its outermost blocks"
                  + " in the others.",
              SpeedOptions::cacheInterval,
              SpeedOptions.Builder::cacheInterval)
          .named(INFOTEXT, "DeepCache interval")
          .with(
              "cacheBranchId",
              Kind.whole(0, 100),
              "DeepCache depth: blocks up to this one run in every model call.",
              SpeedOptions::cacheBranchId,
              SpeedOptions.Builder::cacheBranchId)
          .named(INFOTEXT, "DeepCache branch")
          .with(
              "tokenMergingRatio",
              Kind.number(0, 0.9),
              "Fraction of tokens merged in self-attention, for large images.",
              SpeedOptions::tokenMergingRatio,
              SpeedOptions.Builder::tokenMergingRatio)
          .with(
              "tokenMergingMaxDownsample",
              Kind.whole(1, 8),
              "Merge tokens in U-Net levels downsampled up to this factor, 1, 2, 4 or 8; SDXL"
                  + " needs 2.",
              SpeedOptions::tokenMergingMaxDownsample,
              SpeedOptions.Builder::tokenMergingMaxDownsample)
          .unit("1|2|4|8")
          .with(
              "exactBatches",
              FLAG,
              "Whether each image is byte-identical to the image generated alone.",
              SpeedOptions::exactBatches,
              SpeedOptions.Builder::exactBatches)
          .without(INFOTEXT, "the text describes one image")
          .described(
              COMMAND_LINE,
              "Generate several of the --images at once, as many as memory allows; they differ by"
                  + " rounding from images generated alone.")
          .named(COMMAND_LINE, "--no-exact-batches")
          .optional(
              "batchSize",
              Kind.whole(1, 1000),
              "Number of images generated at once, if they need not be exact.",
              o -> boxed(o.batchSize()),
              SpeedOptions.Builder::batchSize)
          .without(INFOTEXT, "the text describes one image")
          .named(JSON, "images_at_once")
          .unset("as many as need the memory of one image of 1024x1024")
          .needs("exactBatches")
          .group();

  private SamplingSettings() {}
}
