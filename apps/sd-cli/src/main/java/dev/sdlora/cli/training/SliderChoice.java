package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.training.option.SliderPrompts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of a slider that is trained on prompts. */
@Heading(
    value = "Slider without images",
    basic = {"--slider"})
final class SliderChoice {
  @Option(
      names = "--slider",
      paramLabel = "TARGET",
      description = "Train a slider for this prompt instead of images; needs --positive.")
  private Optional<String> target = Optional.empty();

  @Option(
      names = "--positive",
      paramLabel = "TEXT",
      description = "Target with more of the attribute, for weight 1.")
  private Optional<String> positive = Optional.empty();

  @Option(
      names = "--negative",
      paramLabel = "TEXT",
      description = "Target with less of it, for weight -1. Default: the target.")
  private Optional<String> negative = Optional.empty();

  @Option(
      names = "--keep",
      paramLabel = "WORDS",
      description =
          "Words that keep their meaning, such as red; repeatable. Put before all prompts, or in"
              + " place of {} in them.")
  private List<String> kept = new ArrayList<>();

  @Option(
      names = "--slider-guidance",
      paramLabel = "X",
      description = "Factor on the difference of the prompts. Default: 4.")
  private Optional<Double> guidance = Optional.empty();

  boolean isWanted() {
    return target.isPresent();
  }

  String target() {
    return target.orElse("");
  }

  /** Refuses options of a slider without a target. */
  void requireTarget(Console console) {
    console.requireBeside(
        "--slider TARGET", "--positive", "--negative", "--keep", "--slider-guidance");
  }

  /** Returns the prompts of the slider. */
  SliderPrompts prompts(Console console) {
    String aim = target();
    String more = positive.orElseThrow(() -> console.badUsage("--slider needs --positive TEXT"));
    SliderPrompts[] made = new SliderPrompts[1];
    set(
        "--positive",
        Optional.of(more),
        text -> made[0] = SliderPrompts.of(aim, text, negative.orElse(aim)));
    made[0] = made[0].keeping(kept);
    set("--slider-guidance", guidance, factor -> made[0] = made[0].withGuidance(factor));
    return made[0];
  }
}
