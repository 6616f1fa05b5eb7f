package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Advanced sampling options, named as in {@link SamplerOptions}. */
@Heading(
    value = "Advanced sampling",
    basic = {})
final class SamplingOptions {
  @Option(
      names = "--eta",
      paramLabel = "0..10",
      description =
          "Eta of ancestral and SDE samplers, the fresh noise per step. Default: the sampler's own,"
              + " usually 1.")
  private Optional<Double> eta = Optional.empty();

  @Option(names = "--eta-ddim", paramLabel = "0..1", description = "Eta of DDIM. Default: 0.")
  private Optional<Double> etaDdim = Optional.empty();

  @Option(
      names = "--s-churn",
      paramLabel = "X",
      description = "Noise that Euler, Heun and DPM2 add back in each step. Default: 0.")
  private Optional<Double> churn = Optional.empty();

  @Option(
      names = "--s-tmin",
      paramLabel = "SIGMA",
      description = "Lowest sigma at which --s-churn acts. Default: 0.")
  private Optional<Double> tMin = Optional.empty();

  @Option(
      names = "--s-tmax",
      paramLabel = "SIGMA",
      description = "Highest sigma at which --s-churn acts. Default: 0, no limit.")
  private Optional<Double> tMax = Optional.empty();

  @Option(
      names = "--s-noise",
      paramLabel = "FACTOR",
      description = "Factor on noise added while sampling. Default: 1.")
  private Optional<Double> noise = Optional.empty();

  @Option(
      names = "--ensd",
      paramLabel = "N",
      description =
          "Eta noise seed delta: added to the seed for all noise after the initial noise. Default:"
              + " 0.")
  private Optional<Long> ensd = Optional.empty();

  @Option(
      names = "--ngms",
      paramLabel = "SIGMA",
      description = "Sigma below which every other step skips the negative prompt. Default: 0.")
  private Optional<Double> ngms = Optional.empty();

  @Option(
      names = "--cfg-rescale",
      paramLabel = "0..1",
      description =
          "CFG rescale: how far guidance is scaled back to the contrast of the positive prompt."
              + " Default: 0.")
  private Optional<Double> cfgRescale = Optional.empty();

  @Option(
      names = "--cfg-normalization",
      paramLabel = "0..100",
      description =
          "CFG normalization: the most length of the guided prediction, as a multiple of that of"
              + " the positive prompt, as in Z-Image's code; 0 for no limit. Default: 0.")
  private Optional<Double> cfgNormalization = Optional.empty();

  @Option(
      names = "--skip-layers",
      paramLabel = "N,…",
      description =
          "Skip-layer guidance of Stable Diffusion 3 and 3.5: push the image away from what the"
              + " model draws without these blocks, such as 7,8,9 for 3.5 Medium; 'none' turns it"
              + " off. Default: none.")
  private Optional<String> skipLayers = Optional.empty();

  @Option(
      names = "--skip-layer-scale",
      paramLabel = "0..100",
      description = "Scale of skip-layer guidance. Default: 2.8.")
  private Optional<Double> skipLayerScale = Optional.empty();

  @Option(
      names = "--skip-layer-start",
      paramLabel = "0..1",
      description = "Fraction of the steps after which skip-layer guidance begins. Default: 0.01.")
  private Optional<Double> skipLayerStart = Optional.empty();

  @Option(
      names = "--skip-layer-end",
      paramLabel = "0..1",
      description = "Fraction of the steps at which skip-layer guidance ends. Default: 0.2.")
  private Optional<Double> skipLayerEnd = Optional.empty();

  @Option(
      names = "--sigma-min",
      paramLabel = "SIGMA",
      description = "Smallest sigma of the schedule. Default: 0, the model's.")
  private Optional<Double> sigmaMin = Optional.empty();

  @Option(
      names = "--sigma-max",
      paramLabel = "SIGMA",
      description = "Largest sigma of the schedule. Default: 0, the model's.")
  private Optional<Double> sigmaMax = Optional.empty();

  @Option(
      names = "--end-at-sigma-min",
      description = "With the Trailing schedule, end at the model's lowest sigma instead of 0.")
  private boolean endAtSigmaMin;

  @Option(
      names = "--rho",
      paramLabel = "X",
      description =
          "Rho, the curvature of Karras and polyexponential schedules. Default: 0, the schedule's"
              + " own.")
  private Optional<Double> rho = Optional.empty();

  @Option(
      names = "--shift",
      paramLabel = "0..100",
      description =
          "Shift of a flow model's schedule, such as FLUX.2's or Z-Image's; above 1 spends more"
              + " steps at high noise. Default: the model's own.")
  private Optional<Double> shift = Optional.empty();

  @Option(
      names = "--order",
      paramLabel = "1..4",
      description = "Order of LMS, DEIS and UniPC. Default: the sampler's own.")
  private Optional<Integer> order = Optional.empty();

  @Option(
      names = "--unipc-variant",
      paramLabel = "bh1|bh2",
      description = "UniPC variant, the choice of B(h). Default: bh1.")
  private Optional<UniPcVariant> uniPcVariant = Optional.empty();

  @Option(
      names = "--extra-noise",
      paramLabel = "0..1",
      description = "Factor on extra noise in image-to-image and hires fix. Default: 0.")
  private Optional<Double> extraNoise = Optional.empty();

  @Option(
      names = "--discard-next-to-last-sigma",
      description = "Always discard the next-to-last sigma.")
  private boolean discard;

  @Option(
      names = "--zero-terminal-snr",
      description = "Rescale noise levels so that the last timestep is pure noise.")
  private boolean zeroSnr;

  @Option(names = "--sgm-noise", description = "Scale the initial noise as Stability's SGM does.")
  private boolean sgmNoise;

  /** Applies the given options; settings of other options stay unchanged. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    SamplerOptions.Builder options = spec.samplerOptions().toBuilder();
    if (spec.samplerOptions().skipLayers().isEmpty()) {
      console.requireBeside(
          "--skip-layers 7,8,9", "--skip-layer-scale", "--skip-layer-start", "--skip-layer-end");
    }
    List<Integer> layers = new ArrayList<>();
    set("--skip-layers", skipLayers, text -> layers.addAll(layers(text)));
    set("--skip-layers", skipLayers.map(text -> layers), options::skipLayers);
    set("--skip-layer-scale", skipLayerScale, options::skipLayerScale);
    set("--skip-layer-start", skipLayerStart, options::skipLayerStart);
    set("--skip-layer-end", skipLayerEnd, options::skipLayerEnd);
    set("--eta", eta, options::eta);
    set("--eta-ddim", etaDdim, options::etaDdim);
    set("--s-churn", churn, options::sChurn);
    set("--s-tmin", tMin, options::sTmin);
    set("--s-tmax", tMax, options::sTmax);
    set("--s-noise", noise, options::sNoise);
    set("--ensd", ensd, options::ensd);
    set("--ngms", ngms, options::skipUncondBelowSigma);
    set("--cfg-rescale", cfgRescale, options::cfgRescale);
    set("--cfg-normalization", cfgNormalization, options::cfgNormalization);
    set("--sigma-min", sigmaMin, options::sigmaMin);
    set("--sigma-max", sigmaMax, options::sigmaMax);
    set("--rho", rho, options::rho);
    set("--shift", shift, options::shift);
    set("--order", order, options::order);
    set("--unipc-variant", uniPcVariant, options::uniPcVariant);
    set("--extra-noise", extraNoise, options::extraNoise);
    if (discard) {
      options.discardNextToLastSigma(true);
    }
    if (endAtSigmaMin) {
      options.endAtSigmaMin(true);
    }
    if (zeroSnr) {
      options.zeroTerminalSnr(true);
    }
    if (sgmNoise) {
      options.sgmNoiseMultiplier(true);
    }
    spec.samplerOptions(options.build());
  }

  private static List<Integer> layers(String text) {
    if (text.equals("none")) {
      return List.of();
    }
    try {
      return Arrays.stream(text.split(",", -1)).map(String::strip).map(Integer::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "must be numbers of blocks such as 7,8,9, or none: '%s'".formatted(text), e);
    }
  }
}
