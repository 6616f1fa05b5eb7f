package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of the hires fix, named as in {@link HiresFix}. */
@Heading(
    value = "Hires fix",
    basic = {"--hires"})
final class HiresOptions {
  @Option(
      names = "--hires",
      paramLabel = "FACTOR|WxH",
      description = "Enlarge the image by a factor or to a size, then refine it in a second pass.")
  private Optional<String> hires = Optional.empty();

  @Option(
      names = "--hires-upscaler",
      paramLabel = "NAME",
      description =
          "Upscaler before the second pass: Latent, Latent (antialiased), Latent (bicubic), Latent"
              + " (bicubic antialiased), Latent (nearest), Latent (nearest-exact), Lanczos, Nearest"
              + " or the name of a network. Default: Latent.")
  private Optional<String> upscaler = Optional.empty();

  @Option(
      names = "--hires-steps",
      paramLabel = "N",
      description = "Steps of the second pass. Default: as in the first.")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--hires-strength",
      paramLabel = "0..1",
      description = "Denoising strength of the second pass. Default: 0.7.")
  private Optional<Double> strength = Optional.empty();

  @Option(
      names = "--hires-prompt",
      paramLabel = "TEXT",
      description = "Prompt of the second pass, including LoRAs. Default: as in the first.")
  private Optional<String> prompt = Optional.empty();

  @Option(
      names = "--hires-negative",
      paramLabel = "TEXT",
      description = "Negative prompt of the second pass. Default: as in the first.")
  private Optional<String> negative = Optional.empty();

  @Option(
      names = "--hires-sampler",
      paramLabel = "NAME",
      description =
          "Sampler of the second pass, optionally with its schedule. Default: as in the first.")
  private Optional<SamplerArgument> sampler = Optional.empty();

  @Option(
      names = "--hires-schedule",
      paramLabel = "NAME",
      description = "Schedule of the second pass. Default: as in the first.")
  private Optional<Schedule> schedule = Optional.empty();

  @Option(
      names = "--hires-cfg",
      paramLabel = "SCALE",
      description = "Guidance scale of the second pass. Default: as in the first.")
  private Optional<Double> cfg = Optional.empty();

  @Option(
      names = "--hires-distilled-cfg",
      paramLabel = "SCALE",
      description =
          "Guidance scale that FLUX.1 [dev] and its kin read in the second pass. Default: as in the"
              + " first.")
  private Optional<Double> distilledCfg = Optional.empty();

  @Option(
      names = "--hires-token-merging-ratio",
      paramLabel = "0..0.9",
      description = "Fraction of tokens merged in the second pass. Default: as in the first.")
  private Optional<Double> tokenMerging = Optional.empty();

  void applyTo(PromptSpec.Builder spec, Console console) {
    if (hires.isPresent() && spec.imageToImage().isPresent()) {
      throw console.badUsage(
          "--hires and --init cannot be combined; set --size to the larger size instead");
    }
    Optional<HiresFix> known = spec.hiresFix();
    if (known.isEmpty()) {
      console.requireBeside(
          "--hires FACTOR",
          "--hires-upscaler",
          "--hires-steps",
          "--hires-strength",
          "--hires-prompt",
          "--hires-negative",
          "--hires-sampler",
          "--hires-schedule",
          "--hires-cfg",
          "--hires-distilled-cfg",
          "--hires-token-merging-ratio");
      if (hires.isEmpty()) {
        return;
      }
    }
    HiresFix.Builder pass = known.map(HiresFix::toBuilder).orElseGet(HiresFix::builder);
    set("--hires", hires, text -> target(pass, text));
    upscaler.map(Upscaler::named).ifPresent(pass::upscaler);
    set("--hires-steps", steps, pass::steps);
    set("--hires-strength", strength, pass::denoisingStrength);
    prompt.ifPresent(pass::prompt);
    negative.ifPresent(pass::negativePrompt);
    sampler.map(SamplerArgument::sampler).ifPresent(pass::sampler);
    sampler.flatMap(SamplerArgument::schedule).ifPresent(pass::schedule);
    schedule.ifPresent(pass::schedule);
    set("--hires-cfg", cfg, pass::cfgScale);
    set("--hires-distilled-cfg", distilledCfg, pass::distilledGuidance);
    set("--hires-token-merging-ratio", tokenMerging, pass::tokenMergingRatio);
    spec.hiresFix(pass.build());
  }

  private static void target(HiresFix.Builder pass, String text) {
    if (text.matches("[-+]?[0-9.]+")) {
      set("--hires", Optional.of(OptionValue.decimalNumber(text)), pass::scale);
    } else if (text.contains("x")) {
      pass.size(ImageSize.parse(text));
    } else {
      throw new IllegalArgumentException(
          "must be a factor such as 2, or WIDTHxHEIGHT in pixels: '" + text + "'");
    }
  }
}
