package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.StopOnExit;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.lora.MakingOptions;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.ModelOptions;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.report.Json;
import dev.sdlora.cli.report.TrainingProgressLine;
import dev.sdlora.cli.training.PlanView;
import dev.sdlora.cli.training.TrainerOptions;
import dev.sdlora.cli.training.TrainingOptions;
import dev.sdlora.cli.training.WatchingOptions;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.TrainingSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sd train}: trains a LoRA on images, or a slider on prompts. */
@Command(
    name = "train",
    customSynopsis = {
      "sd train [OPTIONS] IMAGES --out FILE [--trigger WORD]",
      "       sd train [OPTIONS] --slider TARGET --positive TEXT --out FILE"
    },
    description = {
      "Train a LoRA on a folder of images.",
      "",
      "The caption of cat1.png is read from cat1.txt; images without a caption get the trigger word"
          + " alone. A folder may have subfolders named as kohya's, such as 10_mycat: each image"
          + " counts 10 times. A plot of the loss and sample images are written next to FILE.",
      "",
      "Examples:",
      "  sd train cats --trigger mycat -o mycat.safetensors --checkpoint m.safetensors",
      "  sd train badges --trigger badge -o badge.safetensors --sample \"a badge\"",
      "  sd train cats -o cats.safetensors --validation 0.1 --patience 5 --report cats.html",
      "  sd train --config cats.toml --out cats2.safetensors --seed 2",
      "  sd train --slider star --positive \"large star\" -o large.safetensors"
    })
@Heading("Output")
final class TrainCommand implements Runnable {
  private static final String EXTENSION = ".safetensors";

  /** How long a stopped training may take to finish its step and save its state. */
  private static final Duration LAST_STEP = Duration.ofSeconds(15);

  @Parameters(
      paramLabel = "IMAGES",
      arity = "0..1",
      description = "Folder with PNG and JPEG files, or with subfolders of them.")
  private Optional<Path> images = Optional.empty();

  @Option(
      names = "--trigger",
      paramLabel = "WORD",
      description =
          "Trigger word; prepended to captions that lack it. Required if images lack captions.")
  private Optional<String> trigger = Optional.empty();

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE",
      description = "LoRA file to write, .safetensors. Missing folders are created.")
  private Path out = Path.of("");

  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description = "Checkpoint to train on. Default: the bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "TOML or JSON file of options, such as rank = 16. Other options on the command line"
              + " replace those of the file.")
  @SuppressWarnings("UnusedVariable") // handled by ConfigFile
  private Optional<Path> config = Optional.empty();

  private final TrainerOptions state = new TrainerOptions("saveEvery", "resume");

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Mixin private final TrainingOptions how = new TrainingOptions();
  @Mixin private final WatchingOptions watching = new WatchingOptions();
  @Mixin private final Console console = new Console();

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    state.addTo(command, TrainCommand.class);
  }

  @Override
  public void run() {
    if (images.isPresent() == how.isSlider()) {
      throw console.badUsage(
          images.isPresent()
              ? "IMAGES and --slider exclude each other: a slider is trained on prompts"
              : "missing IMAGES, a folder with images, or --slider TARGET");
    }
    StopOnExit.waitLonger(LAST_STEP);
    Path model = PublishedFile.path(checkpoint, console).orElseGet(BundledModel::checkpoint);
    Optional<TrainingSet> set = images.map(this::read);
    LoraTrainerBuilder builder = trainer(model, set);
    TrainingProgressLine progress = new TrainingProgressLine(console, quiet);
    builder.lossPlot(plot()).listener(progress);
    Stopwatch watch = new Stopwatch();
    if (watching.isPlanOnly() && !how.generatesClassImages()) {
      plan(builder);
    } else if (watching.hasSamples() || how.generatesClassImages()) {
      withPipeline(builder, model, set, watch, progress);
    } else {
      applyTo(builder, builder.build().steps());
      report(builder.build().train(), watch, progress);
    }
  }

  /** Returns a trainer with all options but those that {@link #applyTo} applies. */
  LoraTrainerBuilder trainer(Path model, Optional<TrainingSet> set) {
    LoraTrainerBuilder builder =
        set.map(some -> LoraTrainer.recommended(model, some))
            .orElseGet(() -> LoraTrainer.recommended(model, how.prompts(console)));
    how.applyTo(builder, console);
    watching.applyTo(builder, console);
    OptionValue.set("--trigger", trigger, builder::triggerWord);
    OptionValue.set("--out", Optional.of(out), builder::output);
    state.applyTo(builder);
    return builder;
  }

  /** Applies the options whose defaults depend on the number of steps. */
  void applyTo(LoraTrainerBuilder builder, int steps) {
    watching.applyTo(builder, steps, console);
  }

  private TrainingSet read(Path folder) {
    return trigger
        .map(word -> TrainingSet.ofFolder(folder, word))
        .orElseGet(() -> TrainingSet.ofFolder(folder));
  }

  private void plan(LoraTrainerBuilder builder) {
    int steps = builder.build().steps();
    applyTo(builder, steps);
    int every = watching.hasSamples() ? watching.sampleEvery(steps) : 0;
    PlanView.print(builder.build().plan(), every, console);
  }

  private void withPipeline(
      LoraTrainerBuilder builder,
      Path model,
      Optional<TrainingSet> set,
      Stopwatch watch,
      TrainingProgressLine progress) {
    if (!how.generatesClassImages()) {
      builder.build(); // finds errors before the model is loaded
    }
    Checkpoint opened = Checkpoint.open(model);
    Pipeline.Builder settings = Pipeline.builder();
    how.applyTo(settings);
    try (Pipeline pipeline = ModelOptions.loadShowingTime(settings, opened, console)) {
      int steps = builder.pipeline(pipeline).build().steps();
      applyTo(builder, steps);
      String usual = set.map(some -> some.examples().get(0).caption()).orElse(how.target());
      if (watching.hasSamples()) {
        watching.samples(builder, opened, usual, steps);
      }
      LoraTrainer trainer = builder.build();
      if (watching.isPlanOnly()) {
        PlanView.print(trainer.plan(), watching.sampleEvery(steps), console);
      } else {
        report(trainer.train(), watch, progress);
      }
    }
  }

  private void report(TrainingResult result, Stopwatch watch, TrainingProgressLine progress) {
    if (console.json()) {
      ObjectNode json = MakingOptions.report(result.file(), watch);
      json.put("steps", result.steps());
      json.put("first_loss", result.firstLoss());
      json.put("last_loss", result.lastLoss());
      json.put("cancelled", result.cancelled());
      json.put("lora_step", result.loraStep());
      result.validationLoss().ifPresent(loss -> json.put("validation_loss", loss));
      json.put("loss_plot", plot().toString());
      watching.report().ifPresent(file -> json.put("report", file.toString()));
      List<String> samples = progress.samples();
      samples.forEach(json.putArray("samples")::add);
      console.out().println(Json.line(json));
      return;
    }
    if (result.steps() == 0) {
      console.out().println("stopped before the first step; no LoRA is written");
      return;
    }
    String kept =
        result.loraStep() == result.steps()
            ? ""
            : " with the lowest validation loss, at step %s;".formatted(result.loraStep());
    console
        .out()
        .printf(
            Locale.ROOT,
            "%s: %d steps,%s first loss %.4f, last loss %.4f; see %s%n",
            result.file(),
            result.steps(),
            kept,
            result.firstLoss(),
            result.lastLoss(),
            watching.report().orElse(plot()));
    if (result.cancelled()) {
      console
          .out()
          .println(
              "stopped after step "
                  + result.steps()
                  + "; the same command with --resume continues from there");
    }
  }

  private Path plot() {
    String name = String.valueOf(out.getFileName());
    String stem =
        name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
    return out.resolveSibling(stem + "-loss.png");
  }
}
