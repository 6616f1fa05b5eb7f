package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.ValidationOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

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

  @Option(
      names = "--validation",
      paramLabel = "SHARE",
      description = "Share of the images, such as 0.1, to hold out and measure the loss on.")
  private Optional<Double> validation = Optional.empty();

  @Option(
      names = "--validation-every",
      paramLabel = "N",
      description = "Steps between measurements. Default: a twentieth of all steps.")
  private Optional<Integer> validationEvery = Optional.empty();

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "Stop after N measurements without a new minimum, and keep the LoRA of the minimum."
              + " Default: never.")
  private Optional<Integer> patience = Optional.empty();

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write a report: losses, samples, effect by block, weight to begin with.")
  private Optional<Path> report = Optional.empty();

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
  public void applyTo(LoraTrainerBuilder trainer, int steps) {
    int usual = Math.max(1, steps / VALIDATIONS);
    validation.ifPresent(
        share -> {
          ValidationOptions[] made = new ValidationOptions[1];
          set("--validation", validation, any -> made[0] = new ValidationOptions(any, usual, 0));
          set(
              "--validation-every",
              validationEvery,
              n -> made[0] = new ValidationOptions(share, n, 0));
          set(
              "--patience",
              patience,
              times -> made[0] = new ValidationOptions(share, made[0].every(), times));
          trainer.validation(made[0]);
        });
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
