package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Variation;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** The options that vary the noise of a seed, named as in {@link Variation}. */
@Heading(
    value = "Seed variation",
    basic = {})
final class VariationOptions {
  @Option(
      names = "--variation-seed",
      paramLabel = "N",
      description = "Seed of the variation. Default: random.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--variation-strength",
      paramLabel = "0..1",
      description = "Strength of the variation. Default: 0.")
  private Optional<Double> strength = Optional.empty();

  @Option(
      names = "--seed-resize-from",
      paramLabel = "WxH",
      description =
          "Generate the noise at this size, so that a seed gives similar images at other sizes.")
  private Optional<ImageSize> resizeFrom = Optional.empty();

  /** Applies the given options; settings of other options stay unchanged. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    Variation old = spec.variation();
    if (old.strength() == 0) {
      console.requireBeside("--variation-strength 0..1", "--variation-seed");
    }
    OptionalLong towards = seed.map(OptionalLong::of).orElse(old.seed());
    set("--seed-resize-from", resizeFrom, size -> spec.variation(old.withResizeFrom(size)));
    Optional<ImageSize> from = spec.variation().resizeFrom();
    set(
        "--variation-strength",
        Optional.of(strength.orElse(old.strength())),
        value -> spec.variation(new Variation(towards, value, from)));
  }
}
