package dev.sdlora.cli.training;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.cli.option.SettingOptions;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.setting.TrainingSettings;
import picocli.CommandLine.Model.CommandSpec;

/** The options of some settings of the trainer itself. */
public final class TrainerOptions {
  private final SettingOptions<Draft, Draft> options;

  /**
   * Creates the options.
   *
   * @param names the names of the settings in the API
   */
  public TrainerOptions(String... names) {
    options = SettingOptions.of(TrainingSettings.TRAINING, names);
  }

  /** Returns the names of the options. */
  String[] names() {
    return options.names();
  }

  /** Adds the options to a command, under the heading of a class. */
  public void addTo(CommandSpec command, Class<?> headed) {
    options.addTo(command, headed);
  }

  /** Applies the given options and returns them; other settings stay unchanged. */
  public Draft applyTo(LoraTrainerBuilder trainer) {
    Draft given = given();
    TrainingSettings.TRAINING.settings().forEach(setting -> apply(setting, given, trainer));
    return given;
  }

  /** Returns the given options. */
  Draft given() {
    Draft given = new Draft();
    options.set(given);
    return given;
  }

  private static <T> void apply(
      Setting<Draft, Draft, T> setting, Draft given, LoraTrainerBuilder trainer) {
    given
        .<T>find(setting.name())
        .ifPresent(value -> trainer.set(setting.name(), setting.kind().write(value)));
  }
}
