package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.setting.Draft;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.option.SettingOptions;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.ValidationOptions;
import dev.sdlora.training.setting.DataSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for samples, validation and the report. */
@Heading("Watching")
public final class WatchingOptions {
  /** Default number of times that samples are generated, and the loss is validated. */
  private static final int TIMES = 4;

  private static final int VALIDATIONS = 20;

  @Option(
      names = "--plan",
      description = "Print images, sizes, steps, memory, time and files, and train nothing.")
  private boolean plan;

  @Option(
      names = "--sample",
      paramLabel = "PROMPT",
      description =
          "Prompt for sample images during training; repeatable. Default: the first caption.")
  private List<String> samples = new ArrayList<>();

  @Option(
      names = "--sample-every",
      paramLabel = "N",
      description = "Steps between samples. Default: a quarter of all steps.")
  private Optional<Integer> sampleEvery = Optional.empty();

  @Option(
      names = "--sample-weights",
      paramLabel = "X,X...",
      converter = Weights.class,
      description = "Weights of the LoRA in samples, such as 0,0.5,1; also drawn as a sheet.")
  private Optional<List<Double>> sampleWeights = Optional.empty();

  @Option(
      names = "--no-samples",
      description =
          "Generate no samples; needs less memory, since no second copy of the model is loaded.")
  private boolean noSamples;

  private final SettingOptions<ValidationOptions, Draft> validation =
      SettingOptions.allBut(DataSettings.VALIDATION);

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write a report: losses, samples, effect by block, weight to begin with.")
  private Optional<Path> report = Optional.empty();

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    validation.addTo(command, WatchingOptions.class);
  }

  /** Whether only the plan is to be printed. */
  public boolean isPlanOnly() {
    return plan;
  }

  /** The report to write. */
  public Optional<Path> report() {
    return report;
  }

  /** Whether samples are generated. */
  public boolean hasSamples() {
    return !noSamples;
  }

  /** Applies the options that need neither the number of steps nor a pipeline. */
  public void applyTo(LoraTrainerBuilder trainer, Console console) {
    console.requireBeside("--validation SHARE", "--validation-every", "--patience");
    set("--sample-weights", sampleWeights, trainer::sampleWeights);
    set("--report", report, trainer::report);
  }

  /** Applies the options whose defaults depend on the number of steps. */
  public void applyTo(LoraTrainerBuilder trainer, int steps, Console console) {
    if (validation.isGiven()) {
      ValidationOptions usual = DataSettings.VALIDATION.defaults();
      int every = Math.max(1, steps / VALIDATIONS);
      trainer.validation(
          validation.apply(new ValidationOptions(usual.share(), every, usual.patience()), console));
    }
  }

  /**
   * Sets the samples.
   *
   * @param usual the prompt to use if none is given
   */
  public void samples(LoraTrainerBuilder trainer, Checkpoint model, String usual, int steps) {
    List<PromptSpec> specs =
        (samples.isEmpty() ? List.of(usual) : samples)
            .stream()
                .map(prompt -> model.defaults().toBuilder().prompt(prompt).seed(1).build())
                .toList();
    set("--sample-every", Optional.of(sampleEvery(steps)), n -> trainer.samples(specs, n));
  }

  /** The number of steps between samples. */
  public int sampleEvery(int steps) {
    return sampleEvery.orElse(Math.max(1, steps / TIMES));
  }

  static final class Weights implements ITypeConverter<List<Double>> {
    @Override
    public List<Double> convert(String text) throws Exception {
      return OptionValue.converter(Weights::parse).convert(text);
    }

    private static List<Double> parse(String text) {
      return Arrays.stream(text.split(",", -1)).map(OptionValue::decimalNumber).toList();
    }
  }
}
