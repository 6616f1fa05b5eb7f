package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.option.SettingOptions;
import dev.sdlora.training.option.SliderPrompts;
import dev.sdlora.training.setting.DataSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of a slider that is trained on prompts. */
@Heading(
    value = "Slider without images",
    basic = {"--slider"})
final class SliderChoice {
  private final SettingOptions<SliderPrompts, Draft> options =
      SettingOptions.allBut(DataSettings.SLIDER, "kept");

  @Option(
      names = "--keep",
      paramLabel = "WORDS",
      description =
          "Words that keep their meaning, such as red; repeatable. Put before all prompts, or in"
              + " place of {} in them.")
  private List<String> kept = new ArrayList<>();

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    options.addTo(command, SliderChoice.class);
  }

  boolean isWanted() {
    return given().find("target").isPresent();
  }

  String target() {
    return given().<String>find("target").orElse("");
  }

  private Draft given() {
    Draft given = new Draft();
    options.set(given);
    return given;
  }

  /** Refuses options of a slider without a target. */
  void requireTarget(Console console) {
    console.requireBeside(
        "--slider TARGET", "--positive", "--negative", "--keep", "--slider-guidance");
  }

  /** Returns the prompts of the slider. */
  SliderPrompts prompts(Console console) {
    Draft given = given();
    String aim = target();
    String more =
        given
            .<String>find("positive")
            .orElseThrow(() -> console.badUsage("--slider needs --positive TEXT"));
    String less = given.<String>find("negative").orElse(aim);
    SliderPrompts[] made = new SliderPrompts[1];
    set("--positive", Optional.of(more), text -> made[0] = SliderPrompts.of(aim, text, less));
    SliderPrompts prompts = made[0].keeping(kept);
    return given.<Double>find("guidance").map(prompts::withGuidance).orElse(prompts);
  }
}
