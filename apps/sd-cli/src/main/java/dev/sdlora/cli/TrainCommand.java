package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.lora.MakingOptions;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.ModelOptions;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.option.TrainingOptions;
import dev.sdlora.cli.report.Json;
import dev.sdlora.cli.report.TrainingProgressLine;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.TrainingSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd train}: trains a LoRA on images. */
@Command(
    name = "train",
    customSynopsis = "sd train [OPTIONS] IMAGES --trigger WORD --out FILE",
    description = {
      "Train a LoRA on a folder of images.",
      "",
      "The caption of cat1.png is read from cat1.txt; images without a caption get the trigger word"
          + " alone. A plot of the loss and sample images are written next to FILE.",
      "",
      "Examples:",
      "  sd train cats --trigger mycat -o mycat.safetensors --checkpoint m.safetensors",
      "  sd train badges --trigger badge -o badge.safetensors --sample \"a badge\""
    })
@Heading("Output")
final class TrainCommand implements Runnable {
  /** Default number of times that samples are generated during a training. */
  private static final int SAMPLES = 4;

  private static final String EXTENSION = ".safetensors";

  @Parameters(paramLabel = "IMAGES", description = "Folder with PNG and JPEG files.")
  private Path images = Path.of("");

  @Option(
      names = "--trigger",
      required = true,
      paramLabel = "WORD",
      description = "Trigger word; prepended to captions that lack it.")
  private String trigger = "";

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
      names = "--no-samples",
      description =
          "Generate no samples; needs less memory, since no second copy of the model is loaded.")
  private boolean noSamples;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      description = "Steps between saves of the LoRA and the training state. Default: never.")
  private Optional<Integer> saveEvery = Optional.empty();

  @Option(names = "--resume", description = "Resume from the last saved state, if any.")
  private boolean resume;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Mixin private final TrainingOptions how = new TrainingOptions();
  @Mixin private final Console console = new Console();

  @Override
  public void run() {
    Path model = PublishedFile.path(checkpoint, console).orElseGet(BundledModel::checkpoint);
    TrainingSet set = TrainingSet.ofFolder(images, trigger);
    LoraTrainerBuilder builder = LoraTrainer.recommended(model, set);
    how.applyTo(builder);
    OptionValue.set("--trigger", Optional.of(trigger), builder::triggerWord);
    OptionValue.set("--out", Optional.of(out), builder::output);
    OptionValue.set("--save-every", saveEvery, builder::saveEvery);
    Path plot = plot();
    TrainingProgressLine progress = new TrainingProgressLine(console, quiet);
    builder.resume(resume).lossPlot(plot).listener(progress);
    LoraTrainer trainer = builder.build(); // finds errors before the model is loaded
    Stopwatch watch = new Stopwatch();
    TrainingResult result =
        noSamples ? trainer.train() : trainWithSamples(builder, model, set, trainer.steps());
    if (console.json()) {
      ObjectNode json = MakingOptions.report(result.file(), watch);
      json.put("steps", result.steps());
      json.put("first_loss", result.firstLoss());
      json.put("last_loss", result.lastLoss());
      json.put("cancelled", result.cancelled());
      json.put("loss_plot", plot.toString());
      progress.samples().forEach(json.putArray("samples")::add);
      console.out().println(Json.line(json));
    } else {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s: %d steps, first loss %.4f, last loss %.4f; see %s%n",
              result.file(),
              result.steps(),
              result.firstLoss(),
              result.lastLoss(),
              plot);
    }
  }

  private TrainingResult trainWithSamples(
      LoraTrainerBuilder builder, Path model, TrainingSet set, int steps) {
    Checkpoint opened = Checkpoint.open(model);
    try (Pipeline pipeline = ModelOptions.loadTold(Pipeline.builder(), opened, console)) {
      List<String> prompts = samples.isEmpty() ? List.of(set.examples().get(0).caption()) : samples;
      List<PromptSpec> specs = prompts.stream().map(prompt -> sample(opened, prompt)).toList();
      int every = sampleEvery.orElse(Math.max(1, steps / SAMPLES));
      OptionValue.set("--sample-every", Optional.of(every), n -> builder.samples(specs, n));
      return builder.pipeline(pipeline).build().train();
    }
  }

  private static PromptSpec sample(Checkpoint model, String prompt) {
    return model.defaults().toBuilder().prompt(prompt).seed(1).build();
  }

  private Path plot() {
    String name = String.valueOf(out.getFileName());
    String stem =
        name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
    return out.resolveSibling(stem + "-loss.png");
  }
}
